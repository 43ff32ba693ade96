// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "engine/inspect/key_changes.h"
#include "ui/model/change_presenter.h"

namespace cachescope::ui {

/// The sentences about changes of keys. Texts may hold words of a server: plain text. Pure; GUI
/// thread.

/// On the button: "Delete 412 keys".
QString changeAction(const inspect::KeyChange& change, quint64 keys);
/// What it means for a key, and whether it can be undone.
QString changeMeaning(const inspect::KeyChange& change);
/// "412,208 keys, 1.2 GiB".
QString changeReach(const ChangePreview& preview);
/// "3 keys of them were to expire by now." where there are such.
QString changeExpired(const ChangePreview& preview);
/// "About 12 s, gently, so that others hardly notice."
QString changeDuration(const ChangePreview& preview);
/// "product: 400,000, page: 12,208 and 3 more".
QString changeNamespaces(const ChangePreview& preview);
/// "Deleted 410 keys. 2 were gone already." and what went wrong.
QString changeResult(const inspect::KeyChange& change, const inspect::ChangeProgress& progress,
                     bool isUndo);

/// "Set a TTL of 1 h on 412 keys of product: at 22:14.", and until when it can be undone.
QString undoOfferText(const UndoOffer& offer);
/// The same of one that can be undone no more, and why.
QString undoLostText(const UndoOffer& offer);

}  // namespace cachescope::ui
