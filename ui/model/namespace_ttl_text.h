// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QLocale>
#include <QString>
#include <vector>

#include "engine/sim/scenario.h"

namespace cachescope::ui {

/// The TTLs of namespaces as one line that people read and type: "prices=6 s, static=15 min".
///
/// Spans are written and read as everywhere (formats.h), in the person's locale. Whether a lane may
/// have such TTLs is for validate() to say. Pure; GUI thread.
class NamespaceTtlText {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::NamespaceTtlText)

public:
    static QString format(const std::vector<sim::NamespaceTtl>& ttls,
                          const QLocale& locale = QLocale());

    struct Parsed {
        std::vector<sim::NamespaceTtl> ttls;
        QString problem;  ///< a sentence where a part cannot be understood; there are no TTLs then
    };
    static Parsed parse(const QString& text, const QLocale& locale = QLocale());
};

}  // namespace cachescope::ui
