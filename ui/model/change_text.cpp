// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/change_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <algorithm>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"

namespace cachescope::ui {

namespace {

using Kind = inspect::KeyChange::Kind;
using State = inspect::ChangeProgress::State;

QString tr(const char* text) {
    return QCoreApplication::translate("cachescope::ui::ChangeText", text);
}

QString counted(quint64 keys) {
    return keys == 1 ? tr("1 key") : tr("%1 keys").arg(formatCount(static_cast<double>(keys)));
}

QString done(const inspect::KeyChange& change, quint64 keys, bool isUndo) {
    if (isUndo) {
        return tr("Put the former expiry of %1 back.").arg(counted(keys));
    }
    switch (change.kind) {
        case Kind::remove:
            return tr("Deleted %1.").arg(counted(keys));
        case Kind::expireIn:
            return tr("Set a TTL of %1 on %2.").arg(formatSpan(seconds(change.ttl)), counted(keys));
        case Kind::spread:
            return tr("Spread the TTLs of %1.").arg(counted(keys));
        case Kind::persist:
            break;
    }
    return tr("Removed the expiry of %1.").arg(counted(keys));
}

QString left(const inspect::KeyChange& change, quint64 keys, bool isUndo) {
    const QString count = counted(keys);
    if (isUndo) {
        return tr("Left alone, changed since or due by now: %1.").arg(count);
    }
    return change.kind == Kind::spread ? tr("Without a TTL to spread: %1.").arg(count)
                                       : tr("Without an expiry before: %1.").arg(count);
}

// Of a long name the beginning says which it is.
QString shortened(const QString& name) {
    constexpr qsizetype kMost = 60;
    if (name.size() <= kMost) {
        return name;
    }
    // Not in the middle of a character of two units.
    const qsizetype cut = name.at(kMost - 1).isHighSurrogate() ? kMost - 1 : kMost;
    return name.left(cut) + QChar(0x2026);
}

}  // namespace

QString changeAction(const inspect::KeyChange& change, quint64 keys) {
    const QString count = counted(keys);
    switch (change.kind) {
        case Kind::remove:
            return tr("Delete %1").arg(count);
        case Kind::expireIn:
            return tr("Set the TTL of %1").arg(count);
        case Kind::spread:
            return tr("Spread the TTLs of %1").arg(count);
        case Kind::persist:
            break;
    }
    return tr("Remove the expiry of %1").arg(count);
}

QString changeMeaning(const inspect::KeyChange& change) {
    switch (change.kind) {
        case Kind::remove:
            return tr("The next reads of these keys are misses. Deleting cannot be undone.");
        case Kind::expireIn:
            return tr("Each key expires %1 from the moment of its change. Can be undone.")
                .arg(formatSpan(seconds(change.ttl)));
        case Kind::spread:
            return tr("What is left of each TTL becomes up to %1 longer or shorter, so that keys "
                      "stored together no longer expire together. Can be undone.")
                .arg(percentFormat().format(change.part));
        case Kind::persist:
            break;
    }
    return tr("The keys stay until they are deleted or evicted. Can be undone.");
}

QString changeReach(const ChangePreview& preview) {
    if (preview.keys == 0) {
        return tr("No keys");
    }
    const QString bytes = formatBytes(static_cast<double>(preview.bytes));
    if (preview.unknownSizes == preview.keys) {
        return tr("%1, size unknown").arg(counted(preview.keys));
    }
    return preview.unknownSizes > 0 ? tr("%1, at least %2").arg(counted(preview.keys), bytes)
                                    : tr("%1, %2").arg(counted(preview.keys), bytes);
}

QString changeExpired(const ChangePreview& preview) {
    if (preview.expired == 0) {
        return {};
    }
    return preview.expired == preview.keys
               ? tr("By what was read they have expired by now, unless they were written again.")
               : tr("By what was read, %1 of them have expired by now, unless they were written "
                    "again.")
                     .arg(formatCount(static_cast<double>(preview.expired)));
}

QString changeDuration(const ChangePreview& preview) {
    if (!preview.seconds) {
        return {};
    }
    return *preview.seconds < 1 ? tr("Takes less than a second.")
                                : tr("Takes about %1, with rests, so that others hardly notice.")
                                      .arg(formatLatency(*preview.seconds));
}

QString changeNamespaces(const ChangePreview& preview) {
    constexpr qsizetype kShown = 3;
    QStringList parts;
    for (const auto& each : preview.namespaces.first(std::min(preview.namespaces.size(), kShown))) {
        parts.append(tr("%1 %2").arg(each.name.isEmpty() ? tr("(no namespace)") : each.name,
                                     formatCount(static_cast<double>(each.keys))));
    }
    QString text = parts.join(QStringLiteral(" · "));
    if (const qsizetype more = preview.namespaces.size() - kShown; more > 0) {
        text = tr("%1 and %2 more").arg(text, formatCount(static_cast<double>(more)));
    }
    return text;
}

namespace {

QString whatWasChanged(const UndoOffer& offer) {
    const QString keys = offer.keys == 1 && offer.phrase.isEmpty() ? shortened(offer.title)
                         : offer.phrase.isEmpty()
                             ? counted(offer.keys)
                             : tr("%1 of %2").arg(counted(offer.keys), shortened(offer.phrase));
    const auto moment =
        QDateTime::fromMSecsSinceEpoch(offer.at.time_since_epoch() / std::chrono::milliseconds{1});
    const QString at = QLocale().toString(moment.time(), QLocale::ShortFormat);
    switch (offer.change.kind) {
        case Kind::expireIn:
            return tr("Set a TTL of %1 on %2 at %3.")
                .arg(formatSpan(seconds(offer.change.ttl)), keys, at);
        case Kind::spread:
            return tr("Spread the TTLs of %1 at %2.").arg(keys, at);
        case Kind::persist:
        case Kind::remove:
            break;
    }
    return tr("Removed the expiry of %1 at %2.").arg(keys, at);
}

}  // namespace

QString undoOfferText(const UndoOffer& offer) {
    return tr("%1 This can be undone until you disconnect; keys that were changed again since are "
              "left alone.")
        .arg(whatWasChanged(offer));
}

QString undoLostText(const UndoOffer& offer) {
    return tr("%1 This cannot be undone any more, because the connection ended or the server was "
              "started anew.")
        .arg(whatWasChanged(offer));
}

QString changeResult(const inspect::KeyChange& change, const inspect::ChangeProgress& progress,
                     bool isUndo) {
    QStringList sentences;
    const bool isNothing = progress.handled() == 0 && progress.state == State::done;
    if (progress.done > 0 || isNothing) {
        sentences.append(done(change, progress.done, isUndo));
    }
    if (progress.gone > 0) {
        sentences.append(tr("Gone already: %1.").arg(counted(progress.gone)));
    }
    if (progress.left > 0) {
        sentences.append(left(change, progress.left, isUndo));
    }
    if (progress.unsure > 0) {
        sentences.append(tr("Not known, as the connection was lost before the answer: %1.")
                             .arg(counted(progress.unsure)));
    }
    for (const auto& reason : progress.reasons) {
        // Keys of slots that are on the move or have moved.
        const bool moved = reason.error.detail().starts_with("MOVED ") ||
                           reason.error.detail().starts_with("ASK ");
        sentences.append(
            moved ? tr("At another server of the cluster by now: %1. Connect again to reach them.")
                        .arg(counted(reason.keys))
                  : tr("Failed: %1. %2")
                        .arg(counted(reason.keys), ErrorText(reason.error).oneLine()));
    }
    if (progress.state == State::stopped) {
        const quint64 open = progress.targets - std::min(progress.handled(), progress.targets);
        sentences.append(tr("Stopped. Not reached: %1.").arg(counted(open)));
    }
    if (progress.failure) {
        const bool locked = progress.failure->code() == ErrorCode::noPermission &&
                            !progress.failure->subject().starts_with('+') &&
                            !progress.failure->subject().starts_with('~');
        sentences.append(locked
                             ? tr("Ended, because changes are locked.")
                             : tr("Ended early. %1").arg(ErrorText(*progress.failure).oneLine()));
    }
    return sentences.join(QLatin1Char(' '));
}

}  // namespace cachescope::ui
