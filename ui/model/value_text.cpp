// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/value_text.h"

#include <QStringList>
#include <algorithm>
#include <cmath>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

using inspect::ValueHead;
using inspect::ValueType;
using Stage = OpenedValue::Stage;

QString remainingText(Duration left) {
    const double span = seconds(left);
    // Rounded up, so that it is over when 0 is shown.
    const double whole = std::ceil(std::max(span, 0.0));
    return whole < 60 ? formatSpan(whole) : formatLatency(whole);
}

QString refusalText(const Error& error) {
    if (error.code() == ErrorCode::noPermission && !error.subject().empty()) {
        return ValueTexts::tr("This user lacks %1. Grant it with ACL SETUSER.")
            .arg(printableText(error.subject()));
    }
    return ErrorText(error).oneLine();
}

QString ValueTexts::length(const ValueHead& head) {
    const auto count = static_cast<double>(head.length);
    const QString number = formatCompact(count);
    const bool one = head.length == 1;
    switch (head.type) {
        case ValueType::hash:
            return one ? tr("1 field") : tr("%1 fields").arg(number);
        case ValueType::list:
            return one ? tr("1 element") : tr("%1 elements").arg(number);
        case ValueType::set:
        case ValueType::sortedSet:
            return one ? tr("1 member") : tr("%1 members").arg(number);
        case ValueType::stream:
            return one ? tr("1 entry") : tr("%1 entries").arg(number);
        case ValueType::string:
            return formatBytes(count);
        case ValueType::other:
            break;
    }
    return {};
}

QString ValueTexts::summary(const OpenedValue& value) {
    if (value.stage != Stage::present) {
        return {};
    }
    const ValueHead& head = value.head;
    QStringList parts;
    parts += head.type == ValueType::sortedSet ? tr("sorted set") : printableText(head.typeName);
    parts += length(head);
    if (head.memory) {
        const QString memory = formatBytes(static_cast<double>(*head.memory));
        parts += value.isString() ? tr("%1 of memory").arg(memory) : memory;
    }
    parts += printableText(head.encoding);
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

QString ValueTexts::expiry(const std::optional<Duration>& remaining) {
    if (!remaining) {
        return tr("does not expire");
    }
    return *remaining > Duration{} ? tr("expires in %1").arg(remainingText(*remaining))
                                   : tr("expired");
}

QString ValueTexts::failure(const OpenedValue& value) {
    const Error& error = *value.failure;
    if (error.code() == ErrorCode::unsupported && value.head.type == ValueType::other &&
        value.stage == Stage::present) {
        return tr("Values of the type %1 belong to a module of the server, and cannot be shown "
                  "here.")
            .arg(printableText(value.head.typeName));
    }
    if (error.code() == ErrorCode::tooLarge) {
        const double mean = std::strtod(error.subject().c_str(), nullptr);
        const auto most = static_cast<double>(OpenKey::readerOptions().largestElement);
        return tr("Its elements hold %1 each on average. One cannot be read in part, and those "
                  "over "
                  "%2 are not read, because that would hold the server up.")
            .arg(formatBytes(mean), formatBytes(most));
    }
    return refusalText(error);
}

QString ValueTexts::notice(const OpenedValue& value) {
    switch (value.stage) {
        case Stage::vanished:
            return tr(
                "This key is gone: it has expired, was removed or evicted, or has never been "
                "there.");
        case Stage::failed:
            return failure(value);
        case Stage::present:
            break;
        case Stage::closed:
        case Stage::reading:
            return {};
    }
    if (value.failure) {
        return value.isOld ? tr("What is shown may be out of date. %1").arg(failure(value))
                           : failure(value);
    }
    if (!value.formerType.isEmpty()) {
        return tr("This was a %1 when it was opened, and is a %2 now.")
            .arg(printableText(value.formerType.toStdString()), printableText(value.head.typeName));
    }
    return {};
}

QString ValueTexts::watching(OpenKey::Watching state, const std::optional<Error>& failure) {
    switch (state) {
        case OpenKey::Watching::on:
            return tr("Follows changes");
        case OpenKey::Watching::starting:
            return failure
                       ? tr("Changes are not followed at present: %1").arg(refusalText(*failure))
                       : QString();
        case OpenKey::Watching::refused:
            if (failure && failure->code() == ErrorCode::noPermission) {
                return tr("Refreshes only by hand: %1 is missing")
                    .arg(printableText(failure->subject()));
            }
            if (failure && failure->code() == ErrorCode::unsupported) {
                return tr("Refreshes only by hand: servers tell of changes from Redis 6 on");
            }
            return failure ? tr("Refreshes only by hand: %1").arg(refusalText(*failure))
                           : tr("Refreshes only by hand");
        case OpenKey::Watching::off:
            break;
    }
    return {};
}

QString ValueTexts::extent(const OpenedValue& value) {
    if (value.stage != Stage::present) {
        return {};
    }
    if (value.isString()) {
        if (value.bytes == nullptr || (value.from == 0 && !value.next)) {
            return {};
        }
        const auto end = static_cast<double>(value.from + value.bytes->size());
        return tr("%1 to %2 of %3")
            .arg(formatBytes(static_cast<double>(value.from)), formatBytes(end),
                 formatBytes(static_cast<double>(value.head.length)));
    }
    if (!value.next) {
        return {};
    }
    return tr("%1 of %2")
        .arg(formatCount(static_cast<double>(value.rows.size())), length(value.head));
}

}  // namespace cachescope::ui
