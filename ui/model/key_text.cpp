// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_text.h"

#include "ui/model/printable_text.h"

namespace cachescope::ui {

QString keyText(std::string_view key) {
    QString text = printableText(key);
    const QString space = QStringLiteral("\\x20");
    if (text.endsWith(u' ')) {
        text.replace(text.size() - 1, 1, space);
    }
    if (text.startsWith(u' ')) {
        text.replace(0, 1, space);
    }
    return text;
}

}  // namespace cachescope::ui
