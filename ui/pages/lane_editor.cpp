// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/lane_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>
#include <utility>

#include "engine/backend/backend_url.h"
#include "engine/policy/policy_registry.h"
#include "ui/model/key_text.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/lane_text.h"
#include "ui/pages/redis_field.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/value_slider.h"

namespace cachescope::ui {

namespace {

constexpr double kDay = 86'400;

QWidget* labelled(const QString& label, QWidget* control) {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    QLabel* text = makeLabel(label);
    text->setBuddy(control);
    layout->addWidget(text);
    layout->addStretch(1);
    layout->addWidget(control);
    return row;
}

// The folder that a file backend's URL names; what is no URL is shown as it is.
QString folderOf(const std::string& backend) {
    const auto url = BackendUrl::parse(backend);
    return url ? QFile::decodeName(url->path.c_str())
               : QString::fromStdString(backend.substr(backend.find(':') + 1));
}

// The part of a URL that names a folder, whatever its name.
std::string urlPath(const QString& folder) {
    // Two slashes in front would begin a host.
    QString path = QDir::cleanPath(folder);
    path.replace(QLatin1Char('%'), QLatin1String("%25"))
        .replace(QLatin1Char('?'), QLatin1String("%3F"));
    return QFile::encodeName(path).toStdString();
}

}  // namespace

LaneEditor::LaneEditor(LabPresenter& presenter, RedisAssistant& assistant, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_name(new QLineEdit),
      m_backend(new QComboBox),
      m_path(new QLineEdit),
      m_pathRow(new QWidget),
      m_redis(new RedisField(assistant)),
      m_ttl(new ValueSlider(tr("TTL"), spanFormat(), ValueRange::spans(0.1, 7 * kDay, true), 60)),
      m_never(new QCheckBox(tr("Never expires"))),
      m_capacity(new ValueSlider(tr("Capacity, keys"), countFormat(),
                                 ValueRange::log(10, 1'000'000, true), 500)),
      m_policy(new QComboBox),
      m_singleFlight(new QCheckBox(tr("Single-flight"))),
      m_note(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)) {
    m_name->setAccessibleName(tr("Name of the lane"));
    m_backend->addItem(icon(IconName::close), tr("No cache"), none);
    m_backend->addItem(icon(IconName::memory), tr("Memory"), memory);
    m_backend->addItem(icon(IconName::file), tr("File"), file);
    m_backend->addItem(icon(IconName::file), tr("Plain files"), plainFiles);
    m_backend->addItem(icon(IconName::database), tr("Redis"), redis);
    for (const PolicyKind& policy : PolicyRegistry::builtin().kinds()) {
        m_policy->addItem(QString::fromStdString(policy.title),
                          QString::fromStdString(policy.name));
    }
    m_singleFlight->setToolTip(
        tr("Requests that miss a key while it is being loaded wait for that one load"));
    m_ttl->setToolTip(tr("How long a loaded value may be served. 0 stores nothing."));
    m_capacity->setToolTip(tr("More keys than this are evicted. 0 means no bound."));
    m_path->setPlaceholderText(tr("a folder of this run"));
    m_path->setFont(monoFont(font()));
    m_path->setAccessibleName(tr("Folder of the file cache"));
    auto* choose = new QToolButton;
    choose->setIcon(icon(IconName::open));
    choose->setToolTip(tr("Choose a folder"));
    choose->setAccessibleName(tr("Choose a folder"));
    auto* pathLayout = new QHBoxLayout(m_pathRow);
    pathLayout->setContentsMargins({});
    pathLayout->setSpacing(space::kTiny);
    pathLayout->addWidget(m_path, 1);
    pathLayout->addWidget(choose);
    m_policyRow = labelled(tr("Eviction policy"), m_policy);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_name);
    layout->addWidget(labelled(tr("Backend"), m_backend));
    layout->addWidget(m_pathRow);
    layout->addWidget(m_redis);
    layout->addWidget(m_ttl);
    layout->addWidget(m_never);
    layout->addWidget(m_capacity);
    layout->addWidget(m_policyRow);
    layout->addWidget(m_singleFlight);
    layout->addWidget(m_note);

    connect(m_name, &QLineEdit::editingFinished, this, &LaneEditor::apply);
    connect(m_backend, &QComboBox::activated, this, &LaneEditor::apply);
    connect(m_path, &QLineEdit::editingFinished, this, &LaneEditor::apply);
    connect(choose, &QToolButton::clicked, this, &LaneEditor::browse);
    connect(m_redis, &RedisField::urlChanged, this, &LaneEditor::apply);
    connect(m_ttl, &ValueSlider::valueChanged, this, &LaneEditor::apply);
    connect(m_never, &QCheckBox::toggled, this, &LaneEditor::apply);
    connect(m_capacity, &ValueSlider::valueChanged, this, &LaneEditor::apply);
    connect(m_policy, &QComboBox::activated, this, &LaneEditor::apply);
    connect(m_singleFlight, &QCheckBox::toggled, this, &LaneEditor::apply);
    connect(&m_presenter, &LabPresenter::lanesChanged, this, &LaneEditor::load);
    connect(&m_presenter, &LabPresenter::advanced, this, &LaneEditor::watchServer);
}

LaneEditor::Kind LaneEditor::kindOf(const std::string& backend) {
    const std::string scheme = backend.substr(0, backend.find(':'));
    return scheme == "none"                ? none
           : scheme == "file"              ? file
           : scheme == "dir"               ? plainFiles
           : scheme.rfind("redis", 0) == 0 ? redis
                                           : memory;
}

LaneEditor::Kind LaneEditor::kind() const {
    return static_cast<Kind>(m_backend->currentData().toInt());
}

void LaneEditor::setLane(sim::LaneId id) {
    if (id != m_lane) {
        m_name->setModified(false);
    }
    m_lane = id;
    load();
}

void LaneEditor::load() {
    const sim::LaneState* lane = m_presenter.lane(m_lane);
    setEnabled(lane != nullptr);
    if (lane == nullptr) {
        return;
    }
    const bool addressChanged = m_spec.backend != lane->spec.backend;
    m_spec = lane->spec;
    m_loading = true;
    // What somebody is typing for this lane is left alone.
    if (!(m_name->hasFocus() && m_name->isModified())) {
        m_name->setText(keyText(m_spec.name));
    }
    m_backend->setCurrentIndex(m_backend->findData(kindOf(m_spec.backend)));
    if (kind() == file || kind() == plainFiles) {
        m_path->setText(folderOf(m_spec.backend));
    }
    if (kind() == redis && addressChanged) {
        m_redis->setUrl(QString::fromStdString(m_spec.backend));
    }
    if (m_spec.ttl) {
        m_ttl->showValue(static_cast<double>(m_spec.ttl->count()) / 1e9);
    }
    m_never->setChecked(!m_spec.ttl);
    m_capacity->showValue(static_cast<double>(m_spec.capacity));
    const int policy = m_policy->findData(QString::fromStdString(m_spec.policy));
    m_policy->setCurrentIndex(std::max(policy, 0));
    m_singleFlight->setChecked(m_spec.singleFlight);
    m_loading = false;
    updateVisibility();
}

void LaneEditor::updateVisibility() {
    const Kind chosen = kind();
    const bool cached = chosen != none;
    m_pathRow->setVisible(chosen == file || chosen == plainFiles);
    m_redis->setVisible(chosen == redis);
    m_ttl->setVisible(cached);
    m_ttl->setDisabledReason(m_never->isChecked() ? tr("This lane's entries never expire")
                                                  : QString());
    m_never->setVisible(cached);
    m_capacity->setVisible(chosen == memory || chosen == file);
    m_policyRow->setVisible(chosen == memory);
    m_singleFlight->setVisible(cached);
    m_note->setText(chosen == none    ? tr("Every request runs the handler: what to compare with.")
                    : chosen == redis ? tr("Touches only keys under a prefix of this run. The "
                                           "server's own maxmemory bounds it.")
                    : chosen == file  ? tr("Lies in a folder of its own, in SQLite; survives a "
                                            "restart of the lane.")
                    : chosen == plainFiles
                        ? tr("One file an entry in a folder of its own; nothing bounds it.")
                        : QString());
    m_note->setVisible(!m_note->text().isEmpty());
}

void LaneEditor::watchServer() {
    const sim::LaneState* lane = m_presenter.lane(m_lane);
    const bool troubled = lane != nullptr && lane->trouble.has_value();
    // A server that went or came back: what the field says of it is old.
    if (std::exchange(m_troubled, troubled) != troubled && kind() == redis) {
        m_redis->look();
    }
}

std::string LaneEditor::backendUrl() const {
    switch (kind()) {
        case none:
            return "none";
        case file:
        case plainFiles: {
            const QString folder = m_path->text().trimmed();
            if (kind() == kindOf(m_spec.backend) && folder == folderOf(m_spec.backend)) {
                return m_spec.backend;
            }
            return (kind() == file ? "file:" : "dir:") + urlPath(folder);
        }
        case redis:
            return m_redis->url().toStdString();
        case memory:
            break;
    }
    return kindOf(m_spec.backend) == memory ? m_spec.backend : "memory:";
}

void LaneEditor::apply() {
    if (m_loading || m_presenter.lane(m_lane) == nullptr) {
        return;
    }
    sim::LaneSpec spec = m_spec;
    const QString name = m_name->text().trimmed();
    if (!name.isEmpty() && name != keyText(m_spec.name)) {
        spec.name = name.toStdString();
    }
    spec.backend = backendUrl();
    spec.ttl = m_never->isChecked()
                   ? std::nullopt
                   : std::optional<Duration>(Duration{std::llround(m_ttl->value() * 1e9)});
    spec.capacity = static_cast<std::uint64_t>(std::llround(m_capacity->value()));
    spec.policy = m_policy->currentIndex() == 0 && m_spec.policy.empty()
                      ? std::string()
                      : m_policy->currentData().toString().toStdString();
    spec.singleFlight = m_singleFlight->isChecked();
    // A name that only repeats the TTL follows it.
    if (spec.ttl != m_spec.ttl && spec.name == m_spec.name && LaneText::nameIsSuggested(m_spec)) {
        spec.name = LaneText::suggestedName(spec).toStdString();
    }
    updateVisibility();
    m_presenter.editLane(m_lane, spec);
}

void LaneEditor::browse() {
    auto* dialog = new QFileDialog(this, tr("Folder of the file cache"), m_path->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_path->setText(folder);
        apply();
    });
    dialog->open();
}

}  // namespace cachescope::ui
