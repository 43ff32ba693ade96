// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/capture_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/capture_presenter.h"
#include "ui/model/formats.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/dialog_room.h"
#include "ui/widgets/figure_strip.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/value_slider.h"

namespace cachescope::ui {

namespace {

constexpr int kSteps = 1000;

}  // namespace

CaptureDialog::CaptureDialog(CapturePresenter& presenter, QWidget* parent)
    : QDialog(parent),
      m_presenter(presenter),
      m_cost(makeLabel(tr("MONITOR takes about a seventh of the server's throughput while it "
                          "lasts, and the network carries everything that clients send. It ends "
                          "by itself as soon as the server's latency doubles. Keys are recorded, "
                          "values are not."),
                       TypeSize::body, TextTone::secondary, QFont::Normal, true)),
      m_progress(new QProgressBar),
      m_figures(new FigureStrip),
      m_end(makeLabel({}, TypeSize::body, TextTone::primary, QFont::Normal, true)),
      m_message(new InlineMessage) {
    setWindowTitle(tr("Capture for Tune"));
    m_choice = makeChoice();
    m_progress->setTextVisible(false);
    m_progress->setRange(0, kSteps);
    m_progress->setAccessibleName(tr("Progress"));
    m_message->hide();
    auto* title = makeLabel(tr("Record what this cache is asked"), TypeSize::large,
                            TextTone::primary, QFont::DemiBold, true);
    auto* buttons = new QDialogButtonBox;
    m_close = buttons->addButton(QDialogButtonBox::Close);
    m_save = buttons->addButton(tr("Save as…"), QDialogButtonBox::ActionRole);
    m_stop = buttons->addButton(tr("Stop"), QDialogButtonBox::ActionRole);
    m_start = buttons->addButton(tr("Start"), QDialogButtonBox::ActionRole);
    m_open = buttons->addButton(tr("Open in Tune"), QDialogButtonBox::ActionRole);
    setButtonKind(m_start, ButtonKind::primary);
    setButtonKind(m_open, ButtonKind::primary);
    for (QPushButton* button : {m_close, m_save, m_stop, m_start, m_open}) {
        button->setAutoDefault(false);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kMedium);
    for (QWidget* part : std::initializer_list<QWidget*>{title, m_cost, m_choice, m_message,
                                                         m_progress, m_figures, m_end}) {
        layout->addWidget(part);
    }
    layout->addStretch(1);
    layout->addWidget(buttons);
    const QFontMetrics metrics(font());
    setMinimumWidth(metrics.averageCharWidth() * 64);
    resize(metrics.averageCharWidth() * 70, metrics.height() * 22);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_start, &QPushButton::clicked, &m_presenter, &CapturePresenter::start);
    connect(m_stop, &QPushButton::clicked, &m_presenter, &CapturePresenter::stop);
    connect(m_save, &QPushButton::clicked, this, &CaptureDialog::chooseFile);
    connect(m_open, &QPushButton::clicked, this, [this] {
        m_presenter.open();
        accept();
    });
    connect(&m_presenter, &CapturePresenter::changed, this, &CaptureDialog::refresh);
    connect(&m_presenter, &CapturePresenter::saved, this, [this](const QString& path) {
        m_message->showMessage(InlineMessage::Kind::info, tr("Saved as %1").arg(path));
        m_message->show();
    });
    connect(&m_presenter, &CapturePresenter::saveFailed, this, [this](const QString& sentence) {
        m_message->showMessage(InlineMessage::Kind::error, sentence);
        m_message->show();
    });
    refresh();
}

QWidget* CaptureDialog::makeChoice() {
    auto* choice = new QWidget;
    auto* layout = new QVBoxLayout(choice);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    m_serverLine = new QWidget;
    auto* line = new QVBoxLayout(m_serverLine);
    line->setContentsMargins({});
    line->setSpacing(space::kTiny);
    line->addWidget(makeLabel(tr("Each server of a cluster has its own keys and its own clock, so "
                                 "a trace is of one of them:"),
                              TypeSize::body, TextTone::primary, QFont::Normal, true));
    m_server = new QComboBox;
    m_server->setAccessibleName(tr("Server"));
    line->addWidget(m_server);
    m_duration =
        new ValueSlider(tr("At most"), spanFormat(),
                        ValueRange::spans(CapturePresenter::kShortest, CapturePresenter::kLongest),
                        m_presenter.duration());
    m_bytes = new ValueSlider(
        tr("The server may send"), bytesFormat(),
        ValueRange::log(CapturePresenter::kLeastBytes, CapturePresenter::kMostBytes),
        m_presenter.mostBytes());
    layout->addWidget(m_serverLine);
    layout->addWidget(m_duration);
    layout->addWidget(m_bytes);
    connect(m_server, &QComboBox::activated, &m_presenter, &CapturePresenter::setServer);
    connect(m_duration, &ValueSlider::valueChanged, &m_presenter, &CapturePresenter::setDuration);
    connect(m_bytes, &ValueSlider::valueChanged, &m_presenter, &CapturePresenter::setMostBytes);
    return choice;
}

void CaptureDialog::showServers() {
    const QStringList servers = m_presenter.servers();
    QStringList shown;
    for (int i = 0; i < m_server->count(); ++i) {
        shown.append(m_server->itemText(i));
    }
    if (shown != servers) {
        m_server->clear();
        m_server->addItems(servers);
    }
    m_server->setCurrentIndex(m_presenter.server());
    m_serverLine->setVisible(servers.size() > 1);
}

void CaptureDialog::refresh() {
    showServers();
    const bool running = m_presenter.running();
    const bool hasTrace = m_presenter.hasTrace();
    const bool hasEnded = !running && !m_presenter.endText().isEmpty();
    m_choice->setEnabled(!running);
    m_progress->setVisible(running);
    m_progress->setValue(
        static_cast<int>(std::min(m_presenter.elapsed() / m_presenter.duration(), 1.0) * kSteps));
    m_figures->setVisible(running || m_presenter.report().has_value());
    const CapturePresenter::Progress& progress = m_presenter.progress();
    QString latency = QStringLiteral("—");
    if (progress.latencyNow > 0) {
        latency =
            tr("%1, was %2")
                .arg(formatLatency(progress.latencyNow), formatLatency(progress.latencyBefore));
    }
    m_figures->setFigures(
        {{tr("elapsed"), formatElapsed(m_presenter.elapsed()), {}},
         {tr("requests"), formatCount(static_cast<double>(progress.requests)), {}},
         {tr("file"), formatBytes(static_cast<double>(progress.bytes)), {}},
         {tr("latency"), latency, {}}});
    m_end->setText(running ? QString() : m_presenter.endText());
    m_end->setVisible(hasEnded);
    if (running) {
        m_message->hide();
    }
    m_stop->setVisible(running);
    m_start->setVisible(!running);
    m_start->setEnabled(m_presenter.hasLink());
    m_start->setText(hasEnded ? tr("Record again") : tr("Start"));
    setButtonKind(m_start, hasTrace ? ButtonKind::normal : ButtonKind::primary);
    m_save->setVisible(hasTrace);
    m_open->setVisible(hasTrace);
    growForParts(*this);
}

void CaptureDialog::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("Save the trace"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->setNameFilter(tr("Traces (*.csv)"));
    connect(dialog, &QFileDialog::fileSelected, &m_presenter, &CapturePresenter::save);
    dialog->open();
}

void CaptureDialog::done(int result) {
    m_presenter.stop();
    QDialog::done(result);
}

}  // namespace cachescope::ui
