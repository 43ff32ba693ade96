// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QWidget>

namespace cachescope::ui {

/// Makes a dialog as high as its parts need at its width, after some of them came into view. It
/// never becomes smaller: what a person aims at does not move away. GUI thread.
inline void growForParts(QWidget& dialog) {
    QLayout* layout = dialog.layout();
    layout->invalidate();
    const int needed = layout->hasHeightForWidth() ? layout->totalHeightForWidth(dialog.width())
                                                   : layout->totalSizeHint().height();
    if (needed > dialog.height()) {
        dialog.resize(dialog.width(), needed);
    }
}

}  // namespace cachescope::ui
