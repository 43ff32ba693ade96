// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_mark_book.h"

#include <functional>
#include <unordered_map>

namespace cachescope::ui {

namespace {

using inspect::CensusView;
using inspect::ChangedKey;
using inspect::KeyRevision;
using inspect::kNoKeyNumber;
using Kind = KeyMark::Kind;

constexpr std::size_t kBetweenLooks = 8192;
// Two estimates of one size, from different elements, differ by less.
constexpr double kSameEstimate = 0.25;

bool isAt(const CensusView& view, std::uint32_t number, std::string_view name) {
    return number < view.size() && view.name(number) == name;
}

// What a run has changed, by the numbers of the view. What the view does not have is left out.
std::vector<KeyRevision> revisionsOf(const inspect::ChangeRun& run, const CensusView& view,
                                     const std::function<bool()>& goOn) {
    std::vector<KeyRevision> all;
    std::unordered_map<std::string, std::int64_t> strays;
    std::size_t looked = 0;
    for (const ChangedKey& changed : run.changedKeys()) {
        if (++looked % kBetweenLooks == 0 && !goOn()) {
            return all;
        }
        const inspect::ChangeTarget target = run.targets().at(changed.target);
        if (isAt(view, target.number, target.name)) {
            all.push_back({target.number, changed.expiry});
        } else {
            strays.insert_or_assign(std::string(target.name), changed.expiry);
        }
    }
    std::string name;
    for (std::uint32_t number = 0; number < view.size() && !strays.empty(); ++number) {
        if (number % kBetweenLooks == 0 && !goOn()) {
            return all;
        }
        name = view.name(number);
        if (const auto stray = strays.find(name); stray != strays.end()) {
            all.push_back({number, stray->second});
            strays.erase(stray);
        }
    }
    return all;
}

bool isOtherSize(std::uint64_t read, const KeyMarkBook::Seen& seen) {
    if (read == inspect::kSizeUnknown || seen.bytes == inspect::kSizeUnknown) {
        return false;
    }
    const auto before = static_cast<double>(read);
    const auto now = static_cast<double>(seen.bytes);
    return seen.isEstimate
               ? now > before * (1 + kSameEstimate) || before > now * (1 + kSameEstimate)
               : read != seen.bytes;
}

}  // namespace

KeyMarkBook::KeyMarkBook(QObject* parent)
    : QObject(parent), m_taking("key-marks"), m_lookUp("key-mark") {}

void KeyMarkBook::setKeyspace(std::shared_ptr<const Keyspace> keyspace) {
    const bool isSame =
        keyspace != nullptr && m_keyspace != nullptr && keyspace->number == m_keyspace->number;
    m_keyspace = std::move(keyspace);
    if (isSame) {
        return;
    }
    m_taking.cancel();
    m_lookUp.cancel();
    m_runs.clear();
    m_since.clear();
    m_sought.reset();
    m_foundName.clear();
    m_foundAmong = 0;
    setMarks({});
}

void KeyMarkBook::setMarks(KeyMarks marks) {
    const bool wereNone = m_marks.isEmpty();
    m_marks = std::move(marks);
    if (!wereNone || !m_marks.isEmpty()) {
        Q_EMIT marksChanged();
    }
}

void KeyMarkBook::take(std::shared_ptr<const inspect::ChangeRun> run, std::int64_t now) {
    if (m_keyspace == nullptr || run == nullptr) {
        return;
    }
    // One that comes while another is looked up takes its place, so it brings the other along.
    if (m_runs.empty()) {
        m_since.clear();
    }
    m_runs.push_back(std::move(run));
    m_taking.ask([this, runs = m_runs, view = m_keyspace->view, marks = m_marks,
                  now](const LatestTask::Turn& turn) {
        KeyMarks next = marks;
        for (const auto& each : runs) {
            auto revisions = revisionsOf(*each, view, [&turn] { return turn.goOn(); });
            if (!turn.goOn()) {
                return;
            }
            next = next.with(std::move(revisions), view, now);
        }
        turn.tell([this, next] {
            KeyMarks all = next;
            for (const auto& [number, mark] : m_since) {
                // The server tells of a removal before the run has ended; who did it is known now.
                if (!mark.isGone() || !all.of(number).isGone()) {
                    all = all.with(number, mark);
                }
            }
            m_since.clear();
            m_runs.clear();
            setMarks(std::move(all));
            Q_EMIT runTaken();
        });
    });
}

void KeyMarkBook::see(const KeyRef& key, const Seen& seen) {
    if (m_keyspace == nullptr) {
        return;
    }
    const CensusView& view = m_keyspace->view;
    if (isAt(view, key.number, key.name)) {
        note(key.number, seen);
    } else if (key.name == m_foundName && m_foundAmong == view.size()) {
        if (m_found != kNoKeyNumber) {
            note(m_found, seen);
        }
    } else {
        const bool isSought = m_sought && m_sought->key == key;
        m_sought = Sought{key, seen};
        if (!isSought) {
            lookUp();
        }
    }
}

void KeyMarkBook::lookUp() {
    m_lookUp.ask(
        [this, name = m_sought->key.name, view = m_keyspace->view](const LatestTask::Turn& turn) {
            std::uint32_t number = 0;
            while (number < view.size() && view.name(number) != name) {
                if (++number % kBetweenLooks == 0 && !turn.goOn()) {
                    return;
                }
            }
            turn.tell([this, name, among = view.size(),
                       found = number < view.size() ? number : kNoKeyNumber] {
                m_foundName = name;
                m_found = found;
                m_foundAmong = among;
                const auto sought = std::exchange(m_sought, std::nullopt);
                if (found != kNoKeyNumber) {
                    note(found, sought->seen);
                }
            });
        });
}

void KeyMarkBook::note(std::uint32_t number, const Seen& seen) {
    const inspect::KeyFacts read = m_keyspace->view.facts(number);
    const KeyMark before = m_marks.of(number);
    KeyMark mark;
    if (!seen.exists) {
        if (before.isGone()) {
            return;
        }
        const std::int64_t expiry = before.isOther() ? before.expiry : read.expiry;
        const bool isOver = expiry >= 0 && expiry <= seen.now + KeyMarks::kSameMs;
        mark.kind = isOver ? Kind::expired : Kind::gone;
        mark.bytes = before.bytes;
        mark.type = before.type;
    } else {
        const bool isOther = (!read.type.empty() && !seen.type.empty() && read.type != seen.type) ||
                             isOtherSize(read.bytes, seen);
        const bool knowsTtl = read.expiry != inspect::kExpiryUnknown;
        if (isOther) {
            mark = {Kind::changed, knowsTtl ? seen.expiry : read.expiry, seen.bytes, seen.type};
        } else if (knowsTtl && !KeyMarks::isSame(read.expiry, seen.expiry)) {
            mark = {.kind = Kind::deadline, .expiry = seen.expiry};
        }
        // The same deadline is known a little differently each time it is read.
        if (mark.kind == before.kind && mark.bytes == before.bytes && mark.type == before.type &&
            KeyMarks::isSame(mark.expiry, before.expiry)) {
            return;
        }
    }
    if (!m_runs.empty()) {
        m_since.emplace_back(number, mark);
    }
    setMarks(m_marks.with(number, mark));
}

}  // namespace cachescope::ui
