// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/lane_list.h"

#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/lane_text.h"
#include "ui/model/option_text.h"
#include "ui/model/printable_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/lane_card.h"

namespace cachescope::ui {

LaneList::LaneList(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_cards(new QVBoxLayout),
      m_add(new QPushButton(icon(IconName::add, IconTone::accent), tr("Add lane"))) {
    setButtonKind(m_add, ButtonKind::link);
    m_group.setExclusive(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    m_cards->setSpacing(space::kSmall);
    layout->addLayout(m_cards);
    layout->addWidget(m_add, 0, Qt::AlignLeft);

    connect(m_add, &QPushButton::clicked, &m_presenter, &LabPresenter::addLane);
    connect(&m_presenter, &LabPresenter::lanesChanged, this, &LaneList::rebuild);
    connect(&m_presenter, &LabPresenter::advanced, this, &LaneList::updateFigures);
    connect(&m_group, &QButtonGroup::idClicked, this,
            [this](int id) { select(static_cast<sim::LaneId>(id)); });
}

void LaneList::rebuild() {
    const auto& lanes = m_presenter.state().lanes;
    for (QAbstractButton* card : m_group.buttons()) {
        const auto id = static_cast<sim::LaneId>(m_group.id(card));
        if (m_presenter.lane(id) == nullptr) {
            m_group.removeButton(card);
            m_cards->removeWidget(card);
            card->deleteLater();
        }
    }
    int place = 0;
    for (const sim::LaneState& lane : lanes) {
        const int id = static_cast<int>(lane.id);
        auto* card = qobject_cast<LaneCard*>(m_group.button(id));
        if (card == nullptr) {
            card = new LaneCard;
            m_group.addButton(card, id);
            connect(card, &LaneCard::menuRequested, this,
                    [this, laneId = lane.id](const QPoint& at) { showMenu(laneId, at); });
        }
        m_cards->insertWidget(place++, card);
    }
    m_add->setEnabled(lanes.size() < sim::kMaxLanes);
    m_add->setToolTip(lanes.size() < sim::kMaxLanes
                          ? tr("Compare one more cache on the same requests")
                          : tr("There is room for %1 lanes").arg(sim::kMaxLanes));
    updateFigures();
    if (m_presenter.lane(m_selected) == nullptr && !lanes.empty()) {
        // The first lane with a cache has more to show than one without.
        const auto cached = std::find_if(lanes.begin(), lanes.end(),
                                         [](const auto& lane) { return lane.spec.cached(); });
        select(cached == lanes.end() ? lanes.front().id : cached->id);
    }
}

void LaneList::updateFigures() {
    const auto& samples = m_presenter.history().samples();
    for (const sim::LaneState& lane : m_presenter.state().lanes) {
        auto* card = qobject_cast<LaneCard*>(m_group.button(static_cast<int>(lane.id)));
        if (card == nullptr) {
            continue;
        }
        LaneCardContent content;
        content.lane = static_cast<int>(lane.id) - 1;
        content.name = printableText(lane.spec.name);
        content.summary = LaneText::summary(lane.spec);
        const sim::LaneSample* newest = nullptr;
        if (!samples.empty()) {
            for (const sim::LaneSample& sample : samples.back().lanes) {
                newest = sample.lane == lane.id ? &sample : newest;
            }
        }
        if (newest != nullptr && !std::isnan(newest->hitRatio)) {
            content.figure = formatPercent(newest->hitRatio);
        }
        content.detail = OptionText::figures(lane.spec, newest).join(QStringLiteral(" · "));
        if (lane.backendHangs) {
            content.trouble = LaneCardContent::Trouble::warning;
            content.troubleText =
                tr("The backend hangs: each call costs a time-out of %1.")
                    .arg(formatSpan(static_cast<double>(sim::kCallTimeout.count()) / 1e9));
        } else if (lane.backendDown) {
            content.trouble = LaneCardContent::Trouble::warning;
            content.troubleText = tr("The backend is switched off; the origin serves.");
        } else if (newest != nullptr && newest->leakedRatio > 0) {
            content.trouble = LaneCardContent::Trouble::error;
            content.troubleText =
                tr("%1 of its answers are another user's.").arg(formatPercent(newest->leakedRatio));
        } else if (lane.trouble) {
            content.trouble = LaneCardContent::Trouble::error;
            content.troubleText = ErrorText(*lane.trouble).oneLine() + QLatin1Char(' ') +
                                  tr("The origin serves meanwhile.");
        }
        card->setContent(content);
    }
}

void LaneList::select(sim::LaneId id) {
    m_selected = id;
    if (QAbstractButton* card = m_group.button(static_cast<int>(id))) {
        card->setChecked(true);
    }
    Q_EMIT selectionChanged(id);
}

void LaneList::showMenu(sim::LaneId id, const QPoint& at) {
    const sim::LaneState* lane = m_presenter.lane(id);
    if (lane == nullptr) {
        return;
    }
    select(id);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(icon(IconName::clone), tr("Clone")), &QAction::triggered, this,
            [this, id] { m_presenter.cloneLane(id); });
    if (lane->spec.cached()) {
        const bool down = lane->backendDown;
        connect(menu->addAction(icon(IconName::outage),
                                down ? tr("Bring the backend back") : tr("Take the backend down")),
                &QAction::triggered, this,
                [this, id, down] { m_presenter.setBackendDown(id, !down); });
        if (!down) {
            connect(menu->addAction(icon(IconName::outage), tr("Let the backend hang")),
                    &QAction::triggered, this,
                    [this, id] { m_presenter.setBackendDown(id, true, true); });
        }
        connect(menu->addAction(icon(IconName::reset), tr("Restart the program of this lane")),
                &QAction::triggered, this, [this, id] { m_presenter.restartLane(id); });
        connect(menu->addAction(icon(IconName::invalidate), tr("Invalidate all of this lane")),
                &QAction::triggered, this, [this, id] { m_presenter.invalidateAll(id); });
    }
    menu->addSeparator();
    QAction* remove = menu->addAction(icon(IconName::trash), tr("Remove"));
    remove->setEnabled(m_presenter.state().lanes.size() > 1);
    connect(remove, &QAction::triggered, this, [this, id] { m_presenter.removeLane(id); });
    menu->popup(at);
}

}  // namespace cachescope::ui
