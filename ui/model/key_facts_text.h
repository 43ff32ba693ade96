// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <cstdint>
#include <string_view>

#include "engine/inspect/key_census.h"

namespace cachescope::ui {

/// What is known of a key, in words, as lists of keys show it; an em dash where nothing is known.
/// Moments are milliseconds on the server's clock. Pure; any thread.
class KeyFactsText {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::KeyFactsText)

public:
    /// "29 min 58 s", whole seconds, rounded up; "no expiry", "expired".
    static QString ttl(std::int64_t expiry, std::int64_t now);
    static QString size(std::uint64_t bytes);
    /// A span since the last use, or how often it is used.
    static QString idle(std::uint32_t idle, bool isFrequency);
    /// The type's name, which a module may have chosen, as plain text.
    static QString type(std::string_view type);

    /// A key for one line, escaped as keyText() does. Of a long one only the beginning and the end
    /// are looked at, so that half a megabyte costs no more than a line.
    static QString name(std::string_view key);
    /// The whole key for a tooltip, which guesses at markup: escaped twice and broken into lines; a
    /// very long one is cut, and its length said.
    static QString toolTip(std::string_view key);
};

}  // namespace cachescope::ui
