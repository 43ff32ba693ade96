// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include "tests/support/needs_redis.h"
#include "tests/support/private_redis.h"
#include "ui/model/open_key.h"

namespace cachescope::ui::test {

inline constexpr int kPatience = 20'000;

// A key is open, and all that was asked about it has come.
struct Opened {
    std::shared_ptr<inspect::InspectLink> link;
    OpenKey key;

    explicit Opened(const cachescope::test::PrivateRedis& server,
                    inspect::ValueReaderOptions options = {})
        : link(server.link()), key(nullptr, options) {
        key.setLink(link);
    }
    bool open(const std::string& name) {
        key.open({name, 0, {}});
        return rest();
    }
    bool rest() {
        return QTest::qWaitFor([this] { return !key.busy(); }, kPatience);
    }
    bool decoded(const QString& part) {
        return QTest::qWaitFor([&] { return key.decoded().text.contains(part); }, kPatience);
    }
    const OpenedValue& value() const { return key.value(); }
    QString names() const {
        QStringList all;
        for (const auto& row : value().rows) {
            all += row->name;
        }
        all.sort();
        return all.join(u' ');
    }
};

inline std::uint64_t sent(const Opened& opened) {
    return opened.link->own().commands;
}

inline std::string bytesOf(const Opened& opened) {
    const auto bytes = opened.key.chosenBytes();
    return bytes == nullptr ? std::string("nothing") : *bytes;
}

}  // namespace cachescope::ui::test
