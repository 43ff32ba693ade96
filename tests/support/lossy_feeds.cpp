// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lossy_feeds.h"

#include <utility>

namespace cachescope::test {

class LossyFeeds::Feed final : public ChangeFeed {
public:
    explicit Feed(Port& port) : m_port(port) {}
    ~Feed() override { m_port.listener = nullptr; }
    bool isWhole() const noexcept override { return m_port.gaps == 0; }

private:
    Port& m_port;
};

std::unique_ptr<ChangeFeed> LossyFeeds::feedOf(std::size_t process, ChangeListener& listener) {
    m_ports[process].listener = &listener;
    return std::make_unique<Feed>(m_ports[process]);
}

void LossyFeeds::changed(std::size_t by, std::optional<std::string> key) {
    const std::size_t to = 1 - by;
    const bool lost = m_random.uniform() < 0.005;
    const Duration late{
        static_cast<std::int64_t>(m_random.below(static_cast<std::uint64_t>(kLag.count())))};
    m_timers.at(m_clock.now() + late, [this, to, lost, key = std::move(key)] {
        ChangeListener* const listener = m_ports[to].listener;
        if (listener == nullptr) {
            return;
        }
        if (lost) {
            lose(to);
        } else if (key) {
            listener->changed(*key);
        } else {
            listener->everythingChanged();
        }
    });
}

void LossyFeeds::lose(std::size_t process) {
    ++m_gaps;
    ++m_ports[process].gaps;
    m_ports[process].listener->everythingChanged();
    const Duration span{static_cast<std::int64_t>(m_random.below(500'000'000))};
    m_timers.at(m_clock.now() + span, [this, process] {
        if (ChangeListener* const listener = m_ports[process].listener) {
            listener->everythingChanged();
        }
        --m_ports[process].gaps;
    });
}

}  // namespace cachescope::test
