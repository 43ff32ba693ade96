// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tune_page.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QSaveFile>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/dialogs/import_dialog.h"
#include "ui/model/app_settings.h"
#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/tune_export.h"
#include "ui/model/tune_live.h"
#include "ui/model/tune_presenter.h"
#include "ui/pages/advice_panel.h"
#include "ui/pages/curve_panel.h"
#include "ui/pages/namespace_view.h"
#include "ui/pages/stampede_panel.h"
#include "ui/pages/surface_panel.h"
#include "ui/pages/tune_toolbar.h"
#include "ui/pages/wishes_panel.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/hairline.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

// In widths of a letter, so that the columns grow with the text.
constexpr int kNamespaceLetters = 33;
constexpr int kRightLetters = 38;
constexpr int kFoldBelowLetters = 150;
constexpr double kAssumedRate = 100;

}  // namespace

TunePage::TunePage(TunePresenter& presenter, TuneLive& live, AppSettings& settings, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_live(live),
      m_settings(settings),
      m_message(new InlineMessage),
      m_stack(new QStackedWidget),
      m_tabs(new QTabBar),
      m_comparison(makeLabel({}, TypeSize::small, TextTone::primary, QFont::Normal, true)) {
    auto* toolbar = new TuneToolbar(presenter);
    auto* empty = new EmptyState(
        IconName::tune, tr("Every TTL at once"),
        tr("From requests that were recorded, this page works out what every other TTL would have "
           "done to hit ratio, staleness and load on the origin, for each namespace of keys, and "
           "which TTLs to set. Take the requests of the Lab's run, or open a trace of your own."),
        tr("Take the Lab's requests"));
    m_stack->addWidget(empty);
    m_stack->addWidget(makeContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(toolbar);
    layout->addWidget(hairline(QFrame::HLine));
    layout->addWidget(m_message);
    layout->addWidget(m_stack, 1);
    connect(empty, &EmptyState::actionRequested, &m_live, &TuneLive::takeLab);
    connect(toolbar, &TuneToolbar::openRequested, this, &TunePage::openTrace);
    connect(toolbar, &TuneToolbar::labRequested, &m_live, &TuneLive::takeLab);
    connect(toolbar, &TuneToolbar::exportRequested, this, &TunePage::exportCurves);
    connect(&m_presenter, &TunePresenter::failed, this, &TunePage::fail);
    connect(&m_presenter, &TunePresenter::studyChanged, this, [this] {
        if (m_stack->currentIndex() == 0 && m_presenter.hasStudy()) {
            m_stack->setCurrentIndex(1);
        }
    });
    connect(&m_live, &TuneLive::measuredChanged, this, &TunePage::refreshMeasured);
    connect(&m_live, &TuneLive::labIsEmpty, this, [this] {
        m_message->showMessage(InlineMessage::Kind::info,
                               tr("The Lab's run has had no requests yet. Let it run for a while, "
                                  "then take them."));
    });
    connect(m_message, &InlineMessage::actionRequested, this, [this] {
        m_message->hide();
        m_presenter.assumeRate(kAssumedRate);
    });
}

QWidget* TunePage::makeMiddle() {
    m_middle = new QWidget;
    m_curve = new CurvePanel(m_presenter);
    auto* lower = new QHBoxLayout;
    lower->setSpacing(space::kMedium);
    lower->addWidget(new SurfacePanel(m_presenter), 1);
    lower->addWidget(new StampedePanel(m_presenter), 1);
    auto* layout = new QVBoxLayout(m_middle);
    layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kMedium);
    layout->addWidget(m_curve, 3);
    layout->addLayout(lower, 2);
    return m_middle;
}

QWidget* TunePage::makeRight() {
    auto* advice = new AdvicePanel(m_presenter);
    auto* column = new QWidget;
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kMedium);
    layout->addWidget(new WishesPanel(m_presenter));
    layout->addWidget(advice);
    layout->addWidget(m_comparison);
    m_comparison->hide();
    layout->addStretch(1);
    m_right = new QScrollArea;
    m_right->setWidget(column);
    m_right->setWidgetResizable(true);
    m_right->setFrameShape(QFrame::NoFrame);
    m_right->setFocusPolicy(Qt::NoFocus);
    m_right->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(advice, &AdvicePanel::runRequested, this, &TunePage::runInLab);
    connect(advice, &AdvicePanel::copied, this, [this](const QString& what) {
        m_message->showMessage(InlineMessage::Kind::info, tr("Copied: %1.").arg(what));
    });
    return m_right;
}

QWidget* TunePage::makeContent() {
    const int letter = fontMetrics().averageCharWidth();
    auto* left = new QWidget;
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(space::kLarge, space::kMedium, 0, 0);
    leftLayout->setSpacing(space::kSmall);
    leftLayout->addWidget(new SectionHeader(tr("Namespaces")));
    leftLayout->addWidget(new NamespaceView(m_presenter), 1);
    left->setFixedWidth(letter * kNamespaceLetters + space::kLarge);
    m_tabs->addTab(tr("Curves"));
    m_tabs->addTab(tr("Advice"));
    m_tabs->setDrawBase(false);
    m_tabs->setVisible(false);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(0);
    columns->addWidget(makeMiddle(), 1);
    columns->addWidget(makeRight());
    auto* middle = new QVBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_tabs);
    middle->addLayout(columns, 1);
    auto* content = new QWidget;
    auto* layout = new QHBoxLayout(content);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(left);
    layout->addSpacing(space::kSmall);
    layout->addWidget(hairline(QFrame::VLine));
    layout->addLayout(middle, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &TunePage::fold);
    fold();
    return content;
}

void TunePage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < fontMetrics().averageCharWidth() * kFoldBelowLetters;
    if (narrow != m_folded) {
        m_folded = narrow;
        fold();
    }
}

void TunePage::fold() {
    m_tabs->setVisible(m_folded);
    const bool adviceOnly = m_folded && m_tabs->currentIndex() == 1;
    m_middle->setVisible(!adviceOnly);
    m_right->setVisible(!m_folded || adviceOnly);
    const int width = fontMetrics().averageCharWidth() * kRightLetters;
    m_right->setMinimumWidth(width);
    m_right->setMaximumWidth(adviceOnly ? QWIDGETSIZE_MAX : width);
    m_right->widget()->layout()->setContentsMargins(adviceOnly ? space::kLarge : 0, space::kLarge,
                                                    space::kLarge, space::kLarge);
}

void TunePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refreshMeasured();
}

void TunePage::openTrace() {
    auto* dialog =
        new QFileDialog(this, tr("Open a trace"), m_settings.folder(), tr("All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_settings.setFolder(QFileInfo(path).absolutePath());
        importFile(path);
    });
    dialog->open();
}

void TunePage::importFile(const QString& path) {
    auto* dialog = new ImportDialog(path, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->askSeparator(m_presenter.study().source.separator);
    connect(dialog, &ImportDialog::accepted, this, [this, dialog] {
        TuneSource source;
        source.name = QFileInfo(dialog->path()).fileName();
        source.path = dialog->path();
        source.reading = dialog->options();
        source.separator = dialog->separator();
        m_message->hide();
        m_presenter.open(source);
    });
    dialog->open();
}

void TunePage::fail(const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
        return;
    }
    if (m_presenter.needsRate()) {
        m_message->showMessage(
            InlineMessage::Kind::warning,
            tr("The trace does not say when its requests came, so nothing can be said of TTLs. "
               "Choose the column with the time when opening it, or take the requests as coming at "
               "an even rate: then TTLs are right only in proportion to it."),
            tr("Assume %1").arg(formatRate(kAssumedRate)));
        return;
    }
    m_message->showMessage(InlineMessage::Kind::error, ErrorText(error).oneLine());
}

void TunePage::runInLab() {
    if (const auto run = m_live.runInLab(); !run) {
        m_message->showMessage(InlineMessage::Kind::error, ErrorText(run.error()).oneLine());
    } else {
        Q_EMIT labWanted();
    }
}

void TunePage::exportCurves() {
    auto* dialog = new QFileDialog(this, tr("Export the curves"), m_settings.folder(),
                                   tr("Every TTL, by namespace (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_settings.setFolder(QFileInfo(path).absolutePath());
        QSaveFile file(path);
        const QByteArray csv = curvesCsv(m_presenter).toUtf8();
        if (file.open(QIODevice::WriteOnly) && file.write(csv) == csv.size() && file.commit()) {
            m_message->showMessage(InlineMessage::Kind::info, tr("Exported to %1.").arg(path));
        } else {
            const Error error{ErrorCode::io, path.toStdString(), file.errorString().toStdString()};
            m_message->showMessage(InlineMessage::Kind::error, ErrorText(error).oneLine());
        }
    });
    dialog->open();
}

void TunePage::refreshMeasured() {
    if (!isVisible()) {
        return;
    }
    QList<TtlPoint> points;
    const Tokens& tokens = tokensFor(palette());
    if (!m_presenter.selected()) {
        for (const MeasuredTtl& each : m_live.measured()) {
            points.append({each.ttl, each.originShare, each.label, tokens.text});
        }
    }
    m_curve->setMeasured(points);
    const QString comparison = m_live.comparison();
    m_comparison->setText(comparison);
    m_comparison->setVisible(!comparison.isEmpty());
}

}  // namespace cachescope::ui
