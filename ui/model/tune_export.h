// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <functional>

namespace cachescope::ui {

class TunePresenter;

/// One form in which Tune's results leave the program. A value type.
struct ExportForm {
    QString title;   ///< of a menu
    QString suffix;  ///< of a file, without the point
    std::function<QString(const TunePresenter&)> text;
};

/// The advice to read, to compute with and to paste: a table, CSV, decorators, commands of Redis,
/// lines of its configuration. Only with advice. GUI thread.
QList<ExportForm> exportForms();

/// Every TTL of the curve with what it does, by namespace, as CSV (RFC 4180): the whole first.
QString curvesCsv(const TunePresenter& presenter);

}  // namespace cachescope::ui
