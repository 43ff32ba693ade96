// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/lab_page.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPixmap>
#include <QSaveFile>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/app_settings.h"
#include "ui/model/error_text.h"
#include "ui/model/lab_presenter.h"
#include "ui/pages/event_panel.h"
#include "ui/pages/invalidate_controls.h"
#include "ui/pages/lab_charts.h"
#include "ui/pages/lab_toolbar.h"
#include "ui/pages/lane_editor.h"
#include "ui/pages/lane_list.h"
#include "ui/pages/origin_controls.h"
#include "ui/pages/workload_controls.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/hairline.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

// In widths of a letter, so that the columns grow with the text.
constexpr int kControlsLetters = 34;
constexpr int kEventsLetters = 40;
constexpr int kFoldBelowLetters = 168;

}  // namespace

LabPage::LabPage(LabPresenter& presenter, RedisServices redis, AppSettings& settings,
                 QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_settings(settings),
      m_toolbar(new LabToolbar(presenter)),
      m_message(new InlineMessage),
      m_controls(new QScrollArea),
      m_lanes(new LaneList(presenter)),
      m_editor(new LaneEditor(presenter, redis)),
      m_tabs(new QTabBar),
      m_charts(new LabCharts(presenter)),
      m_eventSide(new QWidget),
      m_events(new EventPanel(presenter)) {
    const int letter = fontMetrics().averageCharWidth();
    m_controls->setWidget(makeControls());
    m_controls->setWidgetResizable(true);
    m_controls->setFrameShape(QFrame::NoFrame);
    m_controls->setFocusPolicy(Qt::NoFocus);  // what lies in it takes the focus and scrolls it
    m_controls->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_controls->setFixedWidth(letter * kControlsLetters + 2 * space::kLarge);
    m_controls->widget()->installEventFilter(this);
    m_tabs->addTab(tr("Charts"));
    m_tabs->addTab(tr("Events"));
    m_tabs->setVisible(false);
    m_tabs->setDrawBase(false);
    auto* eventLayout = new QVBoxLayout(m_eventSide);
    eventLayout->setContentsMargins(0, space::kLarge, space::kLarge, space::kLarge);
    eventLayout->addWidget(m_events);
    m_eventSide->setFixedWidth(letter * kEventsLetters);

    auto* middle = new QVBoxLayout;
    middle->setContentsMargins({});
    middle->setSpacing(0);
    middle->addWidget(m_message);
    middle->addWidget(m_tabs);
    auto* content = new QHBoxLayout;
    content->setSpacing(0);
    content->addWidget(m_charts, 1);
    content->addWidget(m_eventSide);
    middle->addLayout(content, 1);

    auto* columns = new QHBoxLayout;
    columns->setContentsMargins({});
    columns->setSpacing(0);
    columns->addWidget(m_controls);
    columns->addWidget(hairline(QFrame::VLine));
    columns->addLayout(middle, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_toolbar);
    layout->addWidget(hairline(QFrame::HLine));
    layout->addLayout(columns, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, &LabPage::fold);
    connect(m_toolbar, &LabToolbar::scenarioChosen, this, &LabPage::openScenario);
    connect(m_toolbar, &LabToolbar::openRequested, this, &LabPage::openFile);
    connect(m_toolbar, &LabToolbar::saveRequested, this, &LabPage::saveFile);
    connect(m_toolbar, &LabToolbar::exportRequested, this, &LabPage::exportFigures);
    connect(&m_presenter, &LabPresenter::advanced, this, &LabPage::refresh);
    connect(&m_presenter, &LabPresenter::phaseChanged, this, &LabPage::showFailure);
    connect(&m_presenter, &LabPresenter::advanced, this, &LabPage::refresh);
    connect(&m_presenter, &LabPresenter::acted, this, [this](const QString& sentence, bool failed) {
        if (failed) {
            m_message->showMessage(InlineMessage::Kind::error, sentence);
        }
    });
}

QWidget* LabPage::makeControls() {
    auto* column = new QWidget;
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kLarge);
    layout->setSpacing(space::kSmall);
    auto* invalidate = new InvalidateControls(m_presenter);
    const auto section = [layout](const QString& title, QWidget* content) {
        if (layout->count() != 0) {
            layout->addSpacing(space::kMedium);
        }
        layout->addWidget(new SectionHeader(title));
        layout->addWidget(content);
    };
    section(tr("Lanes"), m_lanes);
    section(tr("Selected lane"), m_editor);
    section(tr("Invalidate"), invalidate);
    section(tr("Origin, the slow handler"), new OriginControls(m_presenter));
    section(tr("Requests"), new WorkloadControls(m_presenter));
    layout->addStretch(1);
    connect(m_lanes, &LaneList::selectionChanged, m_editor, &LaneEditor::setLane);
    connect(m_lanes, &LaneList::selectionChanged, invalidate, &InvalidateControls::setSelectedLane);
    return column;
}

void LabPage::selectLane(sim::LaneId id) {
    m_lanes->select(id);
}

bool LabPage::revealOption(const QString& option) {
    const QWidget* row = m_editor->reveal(option);
    if (row == nullptr) {
        return false;
    }
    // The row below the group's title has no place of its own before the column is laid out anew.
    QWidget* column = m_controls->widget();
    for (QWidget* outer = row->parentWidget(); outer != column; outer = outer->parentWidget()) {
        outer->layout()->activate();
    }
    column->layout()->activate();
    column->adjustSize();
    const int top = row->mapTo(column, QPoint()).y();
    QScrollBar* bar = m_controls->verticalScrollBar();
    bar->setValue(top - (m_controls->viewport()->height() - row->height()) / 2);
    return true;
}

void LabPage::refresh() {
    if (m_charts->isVisible()) {
        m_charts->refresh();
    }
}

bool LabPage::eventFilter(QObject* watched, QEvent* event) {
    // In languages with longer words the column grows, once, rather than cut them off.
    if (event->type() == QEvent::LayoutRequest && watched == m_controls->widget()) {
        const int needed = m_controls->widget()->minimumSizeHint().width() +
                           m_controls->verticalScrollBar()->sizeHint().width();
        m_controls->setFixedWidth(std::max(needed, m_controls->minimumWidth()));
    }
    return QWidget::eventFilter(watched, event);
}

void LabPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < fontMetrics().averageCharWidth() * kFoldBelowLetters;
    if (narrow != m_folded) {
        m_folded = narrow;
        fold();
    }
}

void LabPage::fold() {
    m_tabs->setVisible(m_folded);
    const bool eventsOnly = m_folded && m_tabs->currentIndex() == 1;
    m_charts->setVisible(!eventsOnly);
    m_eventSide->setVisible(!m_folded || eventsOnly);
    m_eventSide->setMinimumWidth(fontMetrics().averageCharWidth() * kEventsLetters);
    m_eventSide->setMaximumWidth(eventsOnly ? QWIDGETSIZE_MAX
                                            : fontMetrics().averageCharWidth() * kEventsLetters);
    m_eventSide->layout()->setContentsMargins(eventsOnly ? space::kLarge : 0, space::kLarge,
                                              space::kLarge, space::kLarge);
    refresh();
}

void LabPage::showFailure() {
    const sim::LiveState& state = m_presenter.state();
    if (state.failure) {
        m_message->showMessage(InlineMessage::Kind::error, ErrorText(*state.failure).oneLine());
    } else if (m_message->kind() == InlineMessage::Kind::error && state.requests == 0) {
        m_message->hide();
    }
}

void LabPage::openScenario(const QString& idOrPath) {
    if (const auto opened = m_presenter.openFile(idOrPath); !opened) {
        m_message->showMessage(InlineMessage::Kind::error, ErrorText(opened.error()).oneLine() +
                                                               QLatin1Char(' ') +
                                                               tr("The present run goes on."));
    } else {
        m_message->hide();
        m_presenter.run();
    }
}

void LabPage::openFile() {
    auto* dialog = new QFileDialog(this, tr("Open a scenario"), m_settings.folder(),
                                   tr("Scenarios (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_settings.setFolder(QFileInfo(path).absolutePath());
        openScenario(path);
    });
    dialog->open();
}

void LabPage::saveFile() {
    auto* dialog = new QFileDialog(this, tr("Save the scenario"), m_settings.folder(),
                                   tr("Scenarios (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_settings.setFolder(QFileInfo(path).absolutePath());
        if (const auto saved = m_presenter.save(path); !saved) {
            m_message->showMessage(InlineMessage::Kind::error, ErrorText(saved.error()).oneLine());
        } else {
            m_message->showMessage(
                InlineMessage::Kind::info,
                *saved ? tr("Saved as %1, without the passwords of its servers: add them to the "
                            "lanes again after opening it.")
                             .arg(path)
                       : tr("Saved as %1.").arg(path));
        }
    });
    dialog->open();
}

void LabPage::exportFigures() {
    auto* dialog = new QFileDialog(this, tr("Export"), m_settings.folder(),
                                   tr("Figures over time (*.csv);;Picture of the charts (*.png)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QLatin1String("png")) ? QStringLiteral("png")
                                                                       : QStringLiteral("csv"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_settings.setFolder(QFileInfo(path).absolutePath());
        QSaveFile file(path);
        bool written = file.open(QIODevice::WriteOnly);
        if (written && path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
            written = m_charts->picture().save(&file, "PNG");
        } else if (written) {
            const QByteArray csv = m_presenter.historyCsv().toUtf8();
            written = file.write(csv) == csv.size();
        }
        if (written && file.commit()) {
            m_message->showMessage(InlineMessage::Kind::info, tr("Exported to %1.").arg(path));
        } else {
            const Error error{ErrorCode::io, path.toStdString(), file.errorString().toStdString()};
            m_message->showMessage(InlineMessage::Kind::error, ErrorText(error).oneLine());
        }
    });
    dialog->open();
}

}  // namespace cachescope::ui
