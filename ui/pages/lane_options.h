// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "ui/pages/option_row.h"

namespace cachescope::ui {

class Disclosure;

/// The options of a lane that a beginner can leave alone, folded behind the five questions that
/// they answer. A folded group says what of it is on; an option that cannot work as it is says why;
/// those of two levels are there where the lane has two. GUI thread.
class LaneOptions : public QWidget {
    Q_OBJECT

public:
    explicit LaneOptions(QWidget* parent = nullptr);

    /// Does not emit.
    void showSpec(const sim::LaneSpec& spec);
    /// A sentence while the lane cannot be as it is shown, else empty.
    const QString& refusal() const { return m_refusal; }
    /// Unfolds the group that has an option, by its name in scenario files, and returns its row;
    /// null where there is no such option.
    OptionRow* reveal(const QString& option);

Q_SIGNALS:
    /// The person changed an option.
    void edited(const LaneChange& change);

private:
    struct Group {
        OptionGroup kind;
        QList<OptionRow*> rows;
        Disclosure* fold;
    };
    /// Null where there is none; its fold where it is asked for.
    OptionRow* find(const QString& option, Disclosure** fold = nullptr) const;
    void addGroup(OptionGroup kind, const QString& title, const QList<OptionRow*>& rows);
    static QList<OptionRow*> whereRows();
    static QList<OptionRow*> freshRows();
    static QList<OptionRow*> loadRows();
    static QList<OptionRow*> failureRows();
    static QList<OptionRow*> invalidationRows();

    QList<Group> m_groups;
    QList<OptionRow*> m_levelRows;
    QString m_refusal;
};

}  // namespace cachescope::ui
