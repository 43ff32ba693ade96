// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/table_text.h"

#include <cmath>

namespace cachescope::app {

std::string text(QString value) {
    return value.replace(QChar(0xa0), QLatin1Char(' '))
        .replace(QChar(0x202f), QLatin1Char(' '))
        .toStdString();
}

std::string cell(const std::string& content, std::size_t width, bool left) {
    const auto length = static_cast<std::size_t>(QString::fromStdString(content).size());
    const std::string fill(width > length ? width - length : 0, ' ');
    return left ? content + fill : "  " + fill + content;
}

std::string percent(double ratio) {
    return std::isfinite(ratio) ? text(ui::formatPercent(ratio)) : "-";
}

std::string count(std::uint64_t number) {
    return text(ui::formatCount(static_cast<double>(number)));
}

}  // namespace cachescope::app
