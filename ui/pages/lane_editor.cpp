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

#include "engine/backend/backend_registry.h"
#include "engine/backend/backend_url.h"
#include "engine/policy/policy_registry.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/lane_text.h"
#include "ui/model/level_address.h"
#include "ui/model/printable_text.h"
#include "ui/pages/lane_options.h"
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

// The ways to a Redis are one entry of the menu; its address says which.
bool isRedis(const std::string& scheme) {
    return scheme == "redis" || scheme == "rediss" || scheme.starts_with("redis+") ||
           scheme.starts_with("rediss+");
}

std::string schemeOf(const std::string& backend) {
    const std::string scheme = backend.substr(0, backend.find(':'));
    return isRedis(scheme) ? "redis" : scheme;
}

const BackendKind* kindOf(const std::string& scheme) {
    return BackendRegistry::builtin().find(scheme);
}

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

LaneEditor::LaneEditor(LabPresenter& presenter, RedisServices redis, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_name(new QLineEdit),
      m_backend(new QComboBox),
      m_path(new QLineEdit),
      m_pathRow(new QWidget),
      m_redis(new RedisField(redis)),
      m_ttl(new ValueSlider(tr("TTL"), spanFormat(), ValueRange::spans(0.1, 7 * kDay, true), 60)),
      m_never(new QCheckBox(tr("Never expires"))),
      m_capacity(new ValueSlider(tr("Capacity, keys"), wordFormat(0, tr("no bound"), countFormat()),
                                 ValueRange::log(10, 1'000'000, true), 500)),
      m_policy(new QComboBox),
      m_note(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_problem(new ProblemLabel),
      m_options(new LaneOptions),
      m_clone(new QToolButton),
      m_outage(new QToolButton),
      m_restart(new QToolButton),
      m_remove(new QToolButton) {
    m_name->setAccessibleName(tr("Name of the lane"));
    fillBackends();
    for (const PolicyKind& policy : PolicyRegistry::builtin().kinds()) {
        if (policy.worksInBackends()) {
            m_policy->addItem(QString::fromStdString(policy.title),
                              QString::fromStdString(policy.name));
        }
    }
    m_ttl->setToolTip(tr("How long a loaded value may be served. 0 stores nothing."));
    m_capacity->setToolTip(tr("More keys than this are evicted."));
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
    auto* head = new QHBoxLayout;
    head->setSpacing(0);
    head->addWidget(m_name, 1);
    head->addSpacing(space::kTiny);
    addButtons(head);
    layout->addLayout(head);
    layout->addWidget(labelled(tr("Backend"), m_backend));
    layout->addWidget(m_pathRow);
    layout->addWidget(m_redis);
    layout->addWidget(m_ttl);
    layout->addWidget(m_never);
    layout->addWidget(m_capacity);
    layout->addWidget(m_policyRow);
    layout->addWidget(m_note);
    layout->addWidget(m_problem);
    layout->addWidget(m_options);
    m_problem->hide();

    connect(m_name, &QLineEdit::editingFinished, this, &LaneEditor::apply);
    connect(m_backend, &QComboBox::activated, this, &LaneEditor::apply);
    connect(m_path, &QLineEdit::editingFinished, this, &LaneEditor::apply);
    connect(choose, &QToolButton::clicked, this, &LaneEditor::browse);
    connect(m_redis, &RedisField::urlChanged, this, &LaneEditor::apply);
    connect(m_ttl, &ValueSlider::valueChanged, this, &LaneEditor::apply);
    connect(m_never, &QCheckBox::toggled, this, &LaneEditor::apply);
    connect(m_capacity, &ValueSlider::valueChanged, this, &LaneEditor::apply);
    connect(m_policy, &QComboBox::activated, this, &LaneEditor::apply);
    connect(m_options, &LaneOptions::edited, this, &LaneEditor::edit);
    connect(&m_presenter, &LabPresenter::lanesChanged, this, &LaneEditor::load);
    connect(&m_presenter, &LabPresenter::advanced, this, &LaneEditor::updateButtons);
    connect(&m_presenter, &LabPresenter::advanced, this, &LaneEditor::watchServer);
}

LaneEditor::~LaneEditor() {
    // A field loses the focus when the window goes, and would tell an editor that is half gone.
    for (QObject* child : findChildren<QObject*>()) {
        child->disconnect(this);
    }
}

void LaneEditor::addButtons(QHBoxLayout* row) {
    const auto set = [row](QToolButton* button, IconName symbol, const QString& text) {
        button->setIcon(icon(symbol, IconTone::secondary));
        button->setToolTip(text);
        button->setAccessibleName(text);
        setButtonKind(button, ButtonKind::quiet);
        row->addWidget(button);
    };
    set(m_clone, IconName::clone, tr("Clone this lane"));
    set(m_outage, IconName::outage, tr("Take the backend down"));
    set(m_restart, IconName::reset, tr("Restart the program of this lane: its memory is lost"));
    set(m_remove, IconName::trash, tr("Remove this lane"));
    connect(m_clone, &QToolButton::clicked, this, [this] { m_presenter.cloneLane(m_lane); });
    connect(m_restart, &QToolButton::clicked, this, [this] { m_presenter.restartLane(m_lane); });
    connect(m_remove, &QToolButton::clicked, this, [this] { m_presenter.removeLane(m_lane); });
    connect(m_outage, &QToolButton::clicked, this, [this] {
        if (const sim::LaneState* lane = m_presenter.lane(m_lane)) {
            m_presenter.setBackendDown(m_lane, !lane->backendDown);
        }
    });
}

void LaneEditor::updateButtons() {
    const sim::LaneState* lane = m_presenter.lane(m_lane);
    if (lane == nullptr) {
        return;
    }
    const std::size_t lanes = m_presenter.state().lanes.size();
    m_clone->setEnabled(lanes < sim::kMaxLanes);
    m_remove->setEnabled(lanes > 1);
    m_outage->setEnabled(lane->spec.cached());
    m_restart->setEnabled(lane->spec.cached());
    const QString text =
        lane->backendDown ? tr("Bring the backend back") : tr("Take the backend down");
    if (m_outage->toolTip() != text) {
        m_outage->setToolTip(text);
        m_outage->setAccessibleName(text);
        m_outage->setIcon(
            icon(IconName::outage, lane->backendDown ? IconTone::error : IconTone::secondary));
    }
}

void LaneEditor::fillBackends() {
    m_backend->addItem(icon(IconName::close), tr("No cache"), QStringLiteral("none"));
    for (const BackendKind& kind : BackendRegistry::builtin().kinds()) {
        // An address of the Redis entry; and two levels, which have entries of their own below.
        if ((isRedis(kind.scheme) && kind.scheme != "redis") || kind.scheme == "tiered") {
            continue;
        }
        QString name = LaneText::backendKind(kind.scheme);
        name.replace(0, 1, name.left(1).toUpper());
        const IconName symbol = kind.capabilities.remote       ? IconName::database
                                : kind.capabilities.persistent ? IconName::file
                                                               : IconName::memory;
        m_backend->addItem(icon(symbol), name, QString::fromStdString(kind.scheme));
    }
    for (const char* lower : {"file", "redis"}) {
        m_backend->addItem(icon(IconName::memory),
                           tr("Memory over %1").arg(LaneText::backendKind(lower)),
                           QString::fromStdString(LevelAddress::over(lower, {})));
    }
}

bool LaneEditor::isTwoLevels() const {
    return LevelAddress::hasTwoLevels(m_backend->currentData().toString().toStdString());
}

std::string LaneEditor::scheme() const {
    return LevelAddress::lower(m_backend->currentData().toString().toStdString());
}

void LaneEditor::setLane(sim::LaneId id) {
    if (id != m_lane) {
        m_name->setModified(false);
    }
    m_lane = id;
    load();
}

QWidget* LaneEditor::reveal(const QString& option) {
    const std::pair<const char*, QWidget*> plain[] = {
        {"backend", m_backend}, {"ttl", m_ttl}, {"capacity", m_capacity}, {"policy", m_policy}};
    for (const auto& [name, control] : plain) {
        if (option == QLatin1String(name)) {
            return control;
        }
    }
    return m_options->reveal(option);
}

void LaneEditor::load() {
    const sim::LaneState* lane = m_presenter.lane(m_lane);
    setEnabled(lane != nullptr);
    if (lane == nullptr) {
        return;
    }
    const bool another = m_shownLane != m_lane;
    const bool addressChanged =
        std::exchange(m_shownBackend, lane->spec.backend) != lane->spec.backend;
    // What was refused stays to be corrected, unless the lane has changed since.
    if (another || lane->spec != m_applied || m_spec == m_applied) {
        m_spec = lane->spec;
    }
    m_shownLane = m_lane;
    m_applied = lane->spec;
    m_loading = true;
    // What somebody is typing for this lane is left alone.
    if (!(m_name->hasFocus() && m_name->isModified())) {
        m_name->setText(printableText(m_spec.name));
    }
    const std::string lower = LevelAddress::lower(m_spec.backend);
    const std::string kind = LevelAddress::hasTwoLevels(m_spec.backend)
                                 ? LevelAddress::over(schemeOf(lower), {})
                                 : schemeOf(lower);
    m_backend->setCurrentIndex(m_backend->findData(QString::fromStdString(kind)));
    if (scheme() == "redis") {
        if (addressChanged) {
            m_redis->setUrl(QString::fromStdString(lower));
        }
    } else if (!m_path->hasFocus()) {
        m_path->setText(folderOf(lower));
    }
    if (m_spec.options.ttl) {
        m_ttl->showValue(static_cast<double>(m_spec.options.ttl->count()) / 1e9);
    }
    m_never->setChecked(!m_spec.options.ttl);
    m_capacity->showValue(static_cast<double>(m_spec.capacity));
    const int policy = m_policy->findData(QString::fromStdString(m_spec.policy));
    m_policy->setCurrentIndex(std::max(policy, 0));
    m_loading = false;
    showOptions();
    updateVisibility();
    updateButtons();
}

void LaneEditor::updateVisibility() {
    const std::string chosen = scheme();
    const BackendKind* kind = kindOf(chosen);
    const BackendCapabilities can = kind == nullptr ? BackendCapabilities{} : kind->capabilities;
    const bool cached = chosen != "none";
    m_pathRow->setVisible(cached && chosen != "memory" && chosen != "redis");
    m_redis->setVisible(chosen == "redis");
    m_ttl->setVisible(cached);
    m_ttl->setDisabledReason(m_never->isChecked() ? tr("This lane's entries never expire")
                                                  : QString());
    m_never->setVisible(cached);
    m_capacity->setVisible(can.evicts && !isTwoLevels());
    m_policyRow->setVisible(can.policies);
    m_options->setVisible(cached);
    QString note;
    if (!cached) {
        note = tr("Every request runs the handler: what to compare with.");
    } else if (can.remote) {
        note =
            tr("Touches only keys under a prefix of this run. The server's own maxmemory "
               "bounds it.");
    } else if (can.persistent) {
        note = can.evicts ? tr("Lies in a folder of its own and survives a restart of the lane.")
                          : tr("Lies in a folder of its own and survives a restart of the lane; "
                               "nothing bounds it.");
    }
    if (cached && isTwoLevels()) {
        note = tr("Copies lie in memory; see “Where is it kept?”.") + QLatin1Char(' ') + note;
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void LaneEditor::watchServer() {
    const sim::LaneState* lane = m_presenter.lane(m_lane);
    const bool troubled = lane != nullptr && lane->trouble.has_value();
    // A server that went or came back: what the field says of it is old.
    if (std::exchange(m_troubled, troubled) != troubled && scheme() == "redis") {
        m_redis->look();
    }
}

std::string LaneEditor::backendUrl() const {
    // What was said of copies holds above another address too.
    return isTwoLevels() ? LevelAddress::over(lowerUrl(), m_spec.backend) : lowerUrl();
}

std::string LaneEditor::lowerUrl() const {
    std::string chosen = scheme();
    const std::string present = LevelAddress::lower(m_spec.backend);
    if (chosen == "none") {
        return chosen;
    }
    if (chosen == "redis") {
        return m_redis->url().toStdString();
    }
    if (chosen == "memory") {
        return schemeOf(present) == "memory" ? present : "memory:";
    }
    if (schemeOf(present) != chosen) {
        return chosen + ':';  // another kind's address is no folder
    }
    const QString folder = m_path->text().trimmed();
    return folder == folderOf(present)
               ? present
               : chosen + ':' + urlPath(folder) + LevelAddress::query(present);
}

void LaneEditor::apply() {
    edit([this](sim::LaneSpec& spec) {
        const QString name = m_name->text().trimmed();
        if (!name.isEmpty() && name != printableText(spec.name)) {
            spec.name = name.toStdString();
        }
        const Duration ttl{std::llround(m_ttl->value() * 1e9)};
        spec.options.ttl = m_never->isChecked() ? std::nullopt : std::optional(ttl);
        spec.capacity = static_cast<std::uint64_t>(std::llround(m_capacity->value()));
        spec.policy = m_policy->currentIndex() == 0 && spec.policy.empty()
                          ? std::string()
                          : m_policy->currentData().toString().toStdString();
        spec.backend = backendUrl();
    });
}

void LaneEditor::edit(const LaneChange& change) {
    if (m_loading || m_presenter.lane(m_lane) == nullptr) {
        return;
    }
    const sim::LaneSpec before = m_spec;
    change(m_spec);
    // A name that only repeats the TTL follows it.
    if (m_spec.options.ttl != before.options.ttl && m_spec.name == before.name &&
        LaneText::nameIsSuggested(before)) {
        m_spec.name = LaneText::suggestedName(m_spec).toStdString();
    }
    updateVisibility();
    showOptions();
    if (validate(m_spec)) {
        m_applied = m_spec;
        m_presenter.editLane(m_lane, m_spec);
    }
}

void LaneEditor::showOptions() {
    m_loading = true;
    m_options->showSpec(m_spec);
    m_loading = false;
    const QString problem = m_options->refusal();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
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
