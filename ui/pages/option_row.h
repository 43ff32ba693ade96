// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <utility>

#include "engine/sim/scenario.h"
#include "ui/model/option_text.h"
#include "ui/widgets/value_field.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace cachescope::ui {

class ProblemLabel;

/// A change of one thing in a lane's options; what it does not touch stays as it is.
using LaneChange = std::function<void(sim::LaneSpec&)>;

/// One option of a lane: a control, a line that explains it, and, when there is something to say, a
/// note why it has no effect or was refused. `name` is the option's name in scenario files. GUI
/// thread.
class OptionRow : public QWidget {
    Q_OBJECT

public:
    const QString& name() const { return m_name; }
    const QString& label() const { return m_label; }
    /// Shows the lane's value; does not emit.
    virtual void showSpec(const sim::LaneSpec& spec) = 0;
    /// An empty text takes the note away.
    void showNote(const OptionNote& note);

Q_SIGNALS:
    /// The person changed the value.
    void edited(const LaneChange& change);

protected:
    /// `indent`: how far the explanation stands in, to line up with the control's own text.
    OptionRow(const QString& name, const QString& label, const QString& explanation, int indent);
    /// Puts the control above the explanation.
    void setControl(QWidget* control);
    /// What is wrong with the text that stands in the control: said instead of any note until it is
    /// empty again.
    void showProblem(const QString& problem);
    const QString& problem() const { return m_ownProblem; }
    /// What screen readers say of the control: explanation and note.
    virtual void describe(const QString& text) = 0;

private:
    void showNote();

    QString m_name;
    QString m_label;
    QString m_explanation;
    OptionNote m_given;
    QString m_ownProblem;
    QVBoxLayout* m_rows;
    QLabel* m_text;
    QLabel* m_note;
    ProblemLabel* m_problem;
};

/// A number with its unit.
class ValueOption final : public OptionRow {
    Q_OBJECT

public:
    struct Binding {
        std::function<double(const sim::LaneSpec&)> read;
        std::function<void(sim::LaneSpec&, double)> write;
    };
    ValueOption(const QString& name, const QString& label, const QString& explanation,
                ValueFormat format, ValueRange range, Binding binding);
    void showSpec(const sim::LaneSpec& spec) override;

protected:
    void describe(const QString& text) override;

private:
    ValueField* m_field;
    Binding m_binding;
};

/// On or off.
class SwitchOption final : public OptionRow {
    Q_OBJECT

public:
    struct Binding {
        std::function<bool(const sim::LaneSpec&)> read;
        std::function<void(sim::LaneSpec&, bool)> write;
    };
    SwitchOption(const QString& name, const QString& label, const QString& explanation,
                 Binding binding);
    void showSpec(const sim::LaneSpec& spec) override;

protected:
    void describe(const QString& text) override;

private:
    QCheckBox* m_box;
    Binding m_binding;
};

/// One of several words, each with the text that stands for it. A text that is none of them is
/// shown as it is.
class ChoiceOption final : public OptionRow {
    Q_OBJECT

public:
    struct Binding {
        std::function<QString(const sim::LaneSpec&)> read;
        std::function<void(sim::LaneSpec&, const QString&)> write;
    };
    ChoiceOption(const QString& name, const QString& label, const QString& explanation,
                 const QList<std::pair<QString, QString>>& choices, Binding binding);
    void showSpec(const sim::LaneSpec& spec) override;

protected:
    void describe(const QString& text) override;

private:
    QComboBox* m_box;
    Binding m_binding;
};

/// Text; an empty one is off. A text that could not be read back as it is, is shown but not edited.
/// One that is not understood stays to be corrected, and changes nothing; Esc brings the lane's
/// back.
class TextOption final : public OptionRow {
    Q_OBJECT

public:
    struct Binding {
        std::function<QString(const sim::LaneSpec&)> read;
        std::function<void(sim::LaneSpec&, const QString&)> write;
        /// A sentence where the text is not understood; may be empty.
        std::function<QString(const QString&)> problem = {};
    };
    /// `below`: the text has a line of its own, below the label.
    TextOption(const QString& name, const QString& label, const QString& explanation,
               Binding binding, bool below = false);
    void showSpec(const sim::LaneSpec& spec) override;
    /// What stands there instead of an empty text; "off" otherwise.
    void setEmptyText(const QString& text);

protected:
    void describe(const QString& text) override;

    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void commit();

    QLineEdit* m_edit;
    Binding m_binding;
    QString m_shown;  // what the lane has
};

}  // namespace cachescope::ui
