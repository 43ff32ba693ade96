// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace cachescope::ui {

enum class IconName {
    lab,
    tune,
    inspect,
    learn,
    settings,
    play,
    pause,
    step,
    reset,
    add,
    clone,
    trash,
    edit,
    chevronDown,
    chevronRight,
    copy,
    exportData,
    search,
    warning,
    error,
    info,
    check,
    database,
    memory,
    file,
    outage,
    invalidate,
    server,
    more,
    close,
    lock,
    unlock,
    save,
    open,
};
inline constexpr int kIconCount = static_cast<int>(IconName::open) + 1;

/// The colour of an icon, by the text it stands beside.
enum class IconTone { text, secondary, accent, onAccent, warning, error };

/// A line icon of the program's own set, as sharp as the screen at every scale.
///
/// The icon looks its colour up in the application's palette each time it is painted, so icons
/// need not be made again when the theme changes; disabled ones are faint. Cheap to copy. GUI
/// thread.
QIcon icon(IconName name, IconTone tone = IconTone::text);

/// The same icon drawn once into `rect`, for painted widgets.
void paintIcon(QPainter& painter, const QRectF& rect, IconName name, const QColor& colour);

}  // namespace cachescope::ui
