// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include "ui/model/open_key.h"

namespace cachescope::ui {

/// What is left of a time, in steps that a countdown has: whole seconds from one second on.
QString remainingText(Duration left);

/// A failure of asking a server: where the user lacks a rule, that rule; else as ErrorText.
QString refusalText(const Error& error);

/// The sentences about an opened key. They may hold words of the server: show them as plain text.
/// Pure functions; any thread.
class ValueTexts {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::ValueTexts)

public:
    /// "hash, 6 fields, 4.2 KiB", "string, 20 MiB, raw".
    static QString summary(const OpenedValue& value);
    /// "expires in 29 min 58 s", "does not expire".
    static QString expiry(const std::optional<Duration>& remaining);
    /// What is wrong, or empty: it is gone, it is of another type, it cannot be read.
    static QString notice(const OpenedValue& value);
    /// Whether and why not changes are followed: "Follows changes." Empty while nothing is open.
    static QString watching(OpenKey::Watching state, const std::optional<Error>& failure);
    /// "200 of 1.2 M elements", "bytes 0 to 262,143 of 20 MiB"; empty where all is shown.
    static QString extent(const OpenedValue& value);

private:
    static QString length(const inspect::ValueHead& head);
    static QString failure(const OpenedValue& value);
};

}  // namespace cachescope::ui
