// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/trial_view.h"

#include <QGridLayout>
#include <QLabel>

#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kIconSize = 16;

IconName iconOf(TrialLine::Outcome outcome) {
    switch (outcome) {
        case TrialLine::Outcome::done:
            return IconName::check;
        case TrialLine::Outcome::failed:
            return IconName::error;
        case TrialLine::Outcome::skipped:
            break;
    }
    return IconName::info;
}

}  // namespace

TrialView::TrialView(QWidget* parent) : QWidget(parent), m_layout(new QGridLayout(this)) {
    m_layout->setContentsMargins({});
    m_layout->setHorizontalSpacing(space::kSmall);
    m_layout->setVerticalSpacing(space::kTiny);
    m_layout->setColumnStretch(2, 1);
}

void TrialView::clear() {
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_lines = 0;
    setAccessibleDescription({});
}

void TrialView::addLine(const TrialLine& line) {
    const bool failed = line.outcome == TrialLine::Outcome::failed;
    auto* symbol = new QLabel;
    symbol->setPixmap(icon(iconOf(line.outcome), failed ? IconTone::error : IconTone::secondary)
                          .pixmap(QSize(kIconSize, kIconSize), devicePixelRatioF()));
    QLabel* what = makeLabel(line.what, TypeSize::small, TextTone::secondary);
    auto* answer = makeLabel(line.answer, TypeSize::small, TextTone::primary, QFont::Normal, true);
    QLabel* took = makeLabel(line.took, TypeSize::small, TextTone::secondary);
    m_layout->addWidget(symbol, m_lines, 0, Qt::AlignTop);
    m_layout->addWidget(what, m_lines, 1, Qt::AlignTop);
    m_layout->addWidget(answer, m_lines, 2, Qt::AlignTop);
    m_layout->addWidget(took, m_lines, 3, Qt::AlignTop | Qt::AlignRight);
    ++m_lines;
}

void TrialView::addConclusion(const QString& text, bool problem) {
    QLabel* label = nullptr;
    if (problem) {
        label = new ProblemLabel;
        label->setText(text);
        label->setWordWrap(true);
    } else {
        label = makeLabel(text, TypeSize::body, TextTone::primary, QFont::DemiBold, true);
    }
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setContentsMargins(0, 0, 0, space::kTiny);
    m_layout->addWidget(label, m_lines++, 0, 1, 4);
    setAccessibleDescription(text);
}

void TrialView::showTrying(const QString& what) {
    clear();
    m_layout->addWidget(makeLabel(what, TypeSize::small, TextTone::secondary), m_lines++, 0, 1, 4);
}

void TrialView::showTrial(const TrialText& trial) {
    clear();
    addConclusion(trial.conclusion, !trial.works);
    for (const TrialLine& line : trial.lines) {
        addLine(line);
    }
}

}  // namespace cachescope::ui
