// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tune_toolbar.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

#include "ui/model/tune_presenter.h"
#include "ui/model/tune_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

TuneToolbar::TuneToolbar(TunePresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_name(new ElidedLabel({}, Qt::ElideMiddle)),
      m_facts(new ElidedLabel),
      m_doing(new ElidedLabel),
      m_progress(new QProgressBar),
      m_stop(new QPushButton(icon(IconName::close), tr("Stop"))),
      m_export(new QPushButton(icon(IconName::exportData), tr("Export…"))) {
    m_name->setFont(sized(font(), TypeSize::body, QFont::DemiBold));
    m_facts->setForegroundRole(QPalette::PlaceholderText);
    m_doing->setForegroundRole(QPalette::PlaceholderText);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(fontMetrics().averageCharWidth() * 16);
    m_progress->setAccessibleName(tr("How much of it is done"));
    m_stop->setToolTip(tr("What is on the page stays"));
    auto* open = new QPushButton(icon(IconName::open), tr("Open a trace…"));
    open->setToolTip(tr("Requests that were recorded: CSV, oracleGeneral, twr, one key a line"));
    auto* lab = new QPushButton(icon(IconName::lab), tr("From the Lab"));
    lab->setToolTip(tr("The requests of the Lab's present run, up to the last million"));
    m_export->setToolTip(tr("All curves, by namespace, as CSV"));
    for (QPushButton* button : {open, lab, m_export}) {
        setButtonKind(button, ButtonKind::quiet);
    }
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kSmall, space::kLarge, space::kSmall);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_name);
    layout->addSpacing(space::kSmall);
    layout->addWidget(m_facts, 1);
    layout->addWidget(m_doing);
    layout->addWidget(m_progress);
    layout->addWidget(m_stop);
    layout->addSpacing(space::kSmall);
    layout->addWidget(open);
    layout->addWidget(lab);
    layout->addWidget(m_export);
    connect(open, &QPushButton::clicked, this, &TuneToolbar::openRequested);
    connect(lab, &QPushButton::clicked, this, &TuneToolbar::labRequested);
    connect(m_export, &QPushButton::clicked, this, &TuneToolbar::exportRequested);
    connect(m_stop, &QPushButton::clicked, &m_presenter, &TunePresenter::stop);
    connect(&m_presenter, &TunePresenter::studyChanged, this, &TuneToolbar::refresh);
    connect(&m_presenter, &TunePresenter::busyChanged, this, &TuneToolbar::refresh);
    connect(&m_presenter, &TunePresenter::progressed, this, &TuneToolbar::showProgress);
    refresh();
}

void TuneToolbar::refresh() {
    const TuneStudy& study = m_presenter.study();
    m_name->setText(m_presenter.hasStudy() ? study.source.name : QString());
    QStringList facts{studyText(study)};
    if (study.source.requestsPerSecond > 0 && m_presenter.hasStudy()) {
        facts.append(tr("times assumed"));
    }
    facts.removeAll(QString());
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    const bool busy = m_presenter.busy();
    for (QWidget* widget : std::initializer_list<QWidget*>{m_doing, m_progress, m_stop}) {
        widget->setVisible(busy);
    }
    m_export->setEnabled(m_presenter.hasStudy());
}

void TuneToolbar::showProgress(const QString& what, double done) {
    m_doing->setText(what);
    m_progress->setRange(0, done < 0 ? 0 : 1000);
    m_progress->setValue(static_cast<int>(done * 1000));
}

}  // namespace cachescope::ui
