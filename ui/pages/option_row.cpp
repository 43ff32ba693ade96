// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/option_row.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QStyle>
#include <QVBoxLayout>
#include <utility>

#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

// Where the text of a check box begins.
int textOf(const QCheckBox& box) {
    return box.style()->pixelMetric(QStyle::PM_IndicatorWidth, nullptr, &box) +
           box.style()->pixelMetric(QStyle::PM_CheckBoxLabelSpacing, nullptr, &box);
}

}  // namespace

OptionRow::OptionRow(const QString& name, const QString& label, const QString& explanation,
                     int indent)
    : m_name(name),
      m_label(label),
      m_explanation(explanation),
      m_rows(new QVBoxLayout(this)),
      m_note(makeLabel({}, TypeSize::small, TextTone::primary, QFont::Normal, true)),
      m_problem(new ProblemLabel) {
    m_rows->setContentsMargins({});
    m_rows->setSpacing(2);
    m_text = makeLabel(explanation, TypeSize::small, TextTone::secondary, QFont::Normal, true);
    for (QLabel* line : std::initializer_list<QLabel*>{m_text, m_note, m_problem}) {
        line->setContentsMargins(indent, 0, 0, 0);
        m_rows->addWidget(line);
    }
    m_note->hide();
    m_problem->hide();
}

void OptionRow::setControl(QWidget* control) {
    m_rows->insertWidget(0, control);
    setFocusProxy(control);
}

void OptionRow::showNote(const OptionNote& note) {
    m_given = note;
    showNote();
}

void OptionRow::showProblem(const QString& problem) {
    m_ownProblem = problem;
    showNote();
}

void OptionRow::showNote() {
    const OptionNote note = m_ownProblem.isEmpty() ? m_given : OptionNote{m_ownProblem, true};
    m_note->setText(note.text);
    m_problem->setText(note.text);
    m_note->setVisible(!note.text.isEmpty() && !note.refused);
    // In the place of the explanation, so that what is below stays where it is while a person
    // types.
    m_problem->setVisible(!note.text.isEmpty() && note.refused);
    m_text->setVisible(note.text.isEmpty() || !note.refused);
    describe(note.text.isEmpty() ? m_explanation : m_explanation + QLatin1Char(' ') + note.text);
}

ValueOption::ValueOption(const QString& name, const QString& label, const QString& explanation,
                         ValueFormat format, ValueRange range, Binding binding)
    : OptionRow(name, label, explanation, 0),
      m_field(new ValueField(label, std::move(format), std::move(range), 0)),
      m_binding(std::move(binding)) {
    setControl(m_field);
    connect(m_field, &ValueField::valueChanged, this, [this](double value) {
        Q_EMIT edited(
            [value, write = m_binding.write](sim::LaneSpec& spec) { write(spec, value); });
    });
}

void ValueOption::showSpec(const sim::LaneSpec& spec) {
    m_field->showValue(m_binding.read(spec));
}

void ValueOption::describe(const QString& text) {
    m_field->box()->setDescription(text);
}

SwitchOption::SwitchOption(const QString& name, const QString& label, const QString& explanation,
                           Binding binding)
    : OptionRow(name, label, explanation, textOf(QCheckBox())),
      m_box(new QCheckBox(label)),
      m_binding(std::move(binding)) {
    setControl(m_box);
    connect(m_box, &QCheckBox::toggled, this, [this](bool on) {
        Q_EMIT edited([on, write = m_binding.write](sim::LaneSpec& spec) { write(spec, on); });
    });
}

void SwitchOption::showSpec(const sim::LaneSpec& spec) {
    const QSignalBlocker quiet(m_box);
    m_box->setChecked(m_binding.read(spec));
}

void SwitchOption::describe(const QString& text) {
    m_box->setAccessibleDescription(text);
}

ChoiceOption::ChoiceOption(const QString& name, const QString& label, const QString& explanation,
                           const QList<std::pair<QString, QString>>& choices, Binding binding)
    : OptionRow(name, label, explanation, 0), m_box(new QComboBox), m_binding(std::move(binding)) {
    for (const auto& [text, value] : choices) {
        m_box->addItem(text, value);
    }
    m_box->setAccessibleName(label);
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    QLabel* text = makeLabel(label);
    text->setBuddy(m_box);
    layout->addWidget(text);
    layout->addStretch(1);
    layout->addWidget(m_box);
    setControl(line);
    setFocusProxy(m_box);
    connect(m_box, &QComboBox::activated, this, [this] {
        Q_EMIT edited([value = m_box->currentData().toString(),
                       write = m_binding.write](sim::LaneSpec& spec) { write(spec, value); });
    });
}

void ChoiceOption::showSpec(const sim::LaneSpec& spec) {
    const QString value = m_binding.read(spec);
    if (m_box->findData(value) < 0) {
        m_box->addItem(value, value);
    }
    m_box->setCurrentIndex(m_box->findData(value));
}

void ChoiceOption::describe(const QString& text) {
    m_box->setAccessibleDescription(text);
}

TextOption::TextOption(const QString& name, const QString& label, const QString& explanation,
                       Binding binding, bool below)
    : OptionRow(name, label, explanation, 0), m_edit(new QLineEdit), m_binding(std::move(binding)) {
    m_edit->setFont(monoFont(font()));
    m_edit->setPlaceholderText(tr("off"));
    m_edit->setAccessibleName(label);
    auto* line = new QWidget;
    auto* layout = new QBoxLayout(below ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, line);
    layout->setContentsMargins({});
    layout->setSpacing(below ? space::kTiny : space::kSmall);
    QLabel* text = makeLabel(label);
    text->setBuddy(m_edit);
    layout->addWidget(text);
    layout->addWidget(m_edit, 1);
    setControl(line);
    setFocusProxy(m_edit);
    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::editingFinished, this, &TextOption::commit);
}

void TextOption::commit() {
    if (!m_edit->isModified()) {
        return;
    }
    m_edit->setModified(false);
    const QString text = m_edit->text();
    showProblem(m_binding.problem ? m_binding.problem(text) : QString());
    if (problem().isEmpty()) {
        Q_EMIT edited([text, write = m_binding.write](sim::LaneSpec& spec) { write(spec, text); });
    }
}

void TextOption::showSpec(const sim::LaneSpec& spec) {
    if (m_edit->hasFocus() && m_edit->isModified()) {
        return;  // somebody is typing
    }
    const QString text = m_binding.read(spec);
    if (!problem().isEmpty() && text == m_shown) {
        return;  // what was not understood is still to be corrected
    }
    showProblem({});
    m_shown = text;
    m_edit->setText(text);
    m_edit->setCursorPosition(0);  // where there is more than fits, its beginning
    // A comma or a control character inside a name, as a file may have it, would be lost by typing.
    sim::LaneSpec again = spec;
    m_binding.write(again, text);
    m_edit->setReadOnly(!(again == spec));
    m_edit->setToolTip(m_edit->isReadOnly() ? tr("Can be changed in the scenario's file only")
                                            : QString());
}

bool TextOption::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_edit && event->type() == QEvent::KeyPress && !problem().isEmpty() &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_edit->setText(m_shown);
        m_edit->selectAll();
        showProblem({});
        return true;
    }
    return OptionRow::eventFilter(watched, event);
}

void TextOption::setEmptyText(const QString& text) {
    m_edit->setPlaceholderText(text);
}

void TextOption::describe(const QString& text) {
    m_edit->setAccessibleDescription(text);
}

}  // namespace cachescope::ui
