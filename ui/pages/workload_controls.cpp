// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/workload_controls.h"

#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QVBoxLayout>
#include <cmath>

#include "ui/dialogs/import_dialog.h"
#include "ui/model/lab_presenter.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/value_slider.h"

namespace cachescope::ui {

namespace {

constexpr double kDay = 86'400;

}  // namespace

WorkloadControls::WorkloadControls(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_source(new QComboBox),
      m_trace(new ElidedLabel({}, Qt::ElideMiddle)),
      m_traceNote(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_traceSpeed(new ValueField(tr("Trace speed, times"), numberFormat(),
                                  ValueRange::log(0.001, 100'000), 1)),
      m_rate(new ValueSlider(tr("Rate"), rateFormat(), ValueRange::log(0.1, 100'000, true), 200)),
      m_arrivals(new QComboBox),
      m_keys(new ValueField(tr("Keys"), countFormat(), ValueRange::log(1, 10'000'000), 500)),
      m_popularity(new QComboBox),
      m_exponent(new ValueField(tr("Zipf exponent"), numberFormat(), ValueRange::linear(0, 3, 0.05),
                                0.99)),
      m_hotKeys(
          new ValueField(tr("Hot keys"), percentFormat(), ValueRange::linear(0, 1, 0.01), 0.1)),
      m_hotTraffic(
          new ValueField(tr("They get"), percentFormat(), ValueRange::linear(0, 1, 0.01), 0.9)),
      m_updates(new ValueField(tr("A key changes every"), spanFormat(),
                               ValueRange::log(0.1, 30 * kDay, true), 60)),
      m_users(new ValueField(tr("Users"), countFormat(), ValueRange::log(1, sim::kMostUsers), 1)),
      m_valueBytes(
          new ValueField(tr("Value size"), bytesFormat(), ValueRange::log(1, 1 << 20, true), 256)) {
    m_source->addItem(tr("Synthetic requests"));
    m_source->addItem(tr("Replay a trace…"));
    m_source->setAccessibleName(tr("Where the requests come from"));
    m_arrivals->addItem(tr("Poisson arrivals"), static_cast<int>(sim::ArrivalKind::poisson));
    m_arrivals->addItem(tr("Constant arrivals"), static_cast<int>(sim::ArrivalKind::constant));
    m_arrivals->setAccessibleName(tr("How requests arrive"));
    m_popularity->addItem(tr("Zipf popularity"), static_cast<int>(sim::PopularityKind::zipf));
    m_popularity->addItem(tr("Uniform popularity"), static_cast<int>(sim::PopularityKind::uniform));
    m_popularity->addItem(tr("A hot set"), static_cast<int>(sim::PopularityKind::hotSet));
    m_popularity->setAccessibleName(tr("Which keys are asked for"));
    m_updates->setToolTip(
        tr("Mean time between two changes of a key's data at the origin. A cached value older than "
           "the change is stale. 0 means the data never changes."));
    m_users->setToolTip(
        tr("Who ask, each as often as any other. With more than one, the origin's answers are made "
           "for the one who asks."));
    m_exponent->setToolTip(tr("0: all keys alike; 1: the usual web; more: few keys get it all"));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    for (QWidget* widget : std::initializer_list<QWidget*>{
             m_source, m_trace, m_traceNote, m_traceSpeed, m_rate, m_keys, m_updates, m_users}) {
        layout->addWidget(widget);
    }
    auto* more = new Disclosure(tr("Arrivals, popularity, size"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_arrivals, m_popularity, m_exponent,
                                                           m_hotKeys, m_hotTraffic, m_valueBytes}) {
        more->addWidget(widget);
    }
    layout->addWidget(more);

    for (ValueField* field :
         std::initializer_list<ValueField*>{m_keys, m_exponent, m_hotKeys, m_hotTraffic, m_updates,
                                            m_users, m_valueBytes, m_traceSpeed}) {
        connect(field, &ValueField::valueChanged, this, &WorkloadControls::apply);
    }
    // The rate alone changes without a new stream of keys, so that the slider can be dragged.
    connect(m_rate, &ValueField::valueChanged, this, [this](double rate) {
        if (!m_loading) {
            m_presenter.setRate(rate);
        }
    });
    for (QComboBox* box : {m_arrivals, m_popularity}) {
        connect(box, &QComboBox::activated, this, &WorkloadControls::apply);
    }
    connect(m_source, &QComboBox::activated, this, [this](int index) {
        if (index == 1) {
            chooseTrace();
        } else if (m_presenter.state().workload.trace) {
            sim::WorkloadSpec workload = m_presenter.state().workload;
            workload.trace.reset();
            m_presenter.setWorkload(workload);
        }
    });
    connect(&m_presenter, &LabPresenter::sourcesChanged, this, &WorkloadControls::load);
    // What was refused, such as a file that is no trace, must not stay chosen.
    connect(&m_presenter, &LabPresenter::acted, this, [this](const QString&, bool failed) {
        if (failed) {
            load();
        }
    });
}

void WorkloadControls::load() {
    const sim::WorkloadSpec& workload = m_presenter.state().workload;
    const bool trace = workload.trace.has_value();
    m_loading = true;
    m_source->setCurrentIndex(trace ? 1 : 0);
    if (trace) {
        m_trace->setText(QFileInfo(QFile::decodeName(workload.trace->file.c_str())).fileName());
        m_traceSpeed->showValue(workload.trace->speed);
    }
    const QString note = QString::fromStdString(m_presenter.state().traceNote);
    m_traceNote->setText(note);
    m_rate->showValue(workload.arrivals.ratePerSecond);
    m_arrivals->setCurrentIndex(m_arrivals->findData(static_cast<int>(workload.arrivals.kind)));
    m_keys->showValue(static_cast<double>(workload.keys.count));
    m_popularity->setCurrentIndex(m_popularity->findData(static_cast<int>(workload.keys.kind)));
    m_exponent->showValue(workload.keys.exponent);
    m_hotKeys->showValue(workload.keys.hotKeys);
    m_hotTraffic->showValue(workload.keys.hotTraffic);
    m_updates->showValue(static_cast<double>(workload.updateInterval.count()) / 1e9);
    m_valueBytes->showValue(workload.valueBytes);
    m_users->showValue(workload.users);

    m_trace->setVisible(trace);
    m_traceNote->setVisible(trace && !note.isEmpty());
    m_traceSpeed->setVisible(trace);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_rate, m_arrivals, m_keys, m_popularity}) {
        widget->setVisible(!trace);
    }
    m_exponent->setVisible(!trace && workload.keys.kind == sim::PopularityKind::zipf);
    m_hotKeys->setVisible(!trace && workload.keys.kind == sim::PopularityKind::hotSet);
    m_hotTraffic->setVisible(!trace && workload.keys.kind == sim::PopularityKind::hotSet);
    m_loading = false;
}

void WorkloadControls::apply() {
    if (m_loading) {
        return;
    }
    sim::WorkloadSpec workload = m_presenter.state().workload;
    workload.arrivals.kind = static_cast<sim::ArrivalKind>(m_arrivals->currentData().toInt());
    workload.keys.count = static_cast<std::uint64_t>(std::llround(m_keys->value()));
    workload.keys.kind = static_cast<sim::PopularityKind>(m_popularity->currentData().toInt());
    workload.keys.exponent = m_exponent->value();
    workload.keys.hotKeys = m_hotKeys->value();
    workload.keys.hotTraffic = m_hotTraffic->value();
    workload.updateInterval = Duration{std::llround(m_updates->value() * 1e9)};
    workload.valueBytes = static_cast<std::uint32_t>(std::lround(m_valueBytes->value()));
    workload.users = static_cast<std::uint32_t>(std::lround(m_users->value()));
    if (workload.trace) {
        workload.trace->speed = m_traceSpeed->value();
    }
    m_presenter.setWorkload(workload);
}

void WorkloadControls::chooseTrace() {
    auto* dialog = new QFileDialog(
        this, tr("Replay a trace"), {},
        tr("Traces (*.csv *.tsv *.txt *.bin *.oracleGeneral *.twr *.gz *.zst);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &WorkloadControls::importTrace);
    connect(dialog, &QFileDialog::rejected, this, &WorkloadControls::load);
    dialog->open();
}

void WorkloadControls::importTrace(const QString& file) {
    auto* dialog = new ImportDialog(file, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        sim::WorkloadSpec workload = m_presenter.state().workload;
        sim::TraceSpec& trace = workload.trace.emplace();
        trace.file = QFile::encodeName(dialog->path()).toStdString();
        if (dialog->options().format != TraceFormat::automatic) {
            trace.format = traceFormatName(dialog->options().format);
        }
        trace.columns = traceColumnsText(dialog->options().columns);
        m_presenter.setWorkload(workload);
    });
    connect(dialog, &QDialog::rejected, this, &WorkloadControls::load);
    dialog->open();
}

}  // namespace cachescope::ui
