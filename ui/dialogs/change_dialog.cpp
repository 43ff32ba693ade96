// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/change_dialog.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/dialogs/unlock_question.h"
#include "ui/model/change_presenter.h"
#include "ui/model/change_text.h"
#include "ui/model/formats.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/dialog_room.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/value_slider.h"

namespace cachescope::ui {

namespace {

using Kind = inspect::KeyChange::Kind;

constexpr double kLongestTtl = 30.0 * 24 * 3600;
constexpr double kUsualTtl = 3600;
constexpr int kSteps = 1000;
constexpr int kSampleLines = 6;

QVBoxLayout* column(QWidget* widget, int spacing) {
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins({});
    layout->setSpacing(spacing);
    return layout;
}

}  // namespace

ChangeDialog::ChangeDialog(ChangePresenter& presenter, QWidget* parent)
    : QDialog(parent),
      m_presenter(presenter),
      m_change(presenter.change()),
      m_title(new ElidedLabel({}, Qt::ElideMiddle)),
      m_kinds(new QButtonGroup(this)),
      m_message(new InlineMessage) {
    setWindowTitle(tr("Change keys"));
    m_title->setFont(sized(font(), TypeSize::large, QFont::DemiBold));
    m_message->hide();
    m_choice = makeChoice();
    m_preview = makePreview();
    m_confirmation = makeConfirmation();
    m_run = makeRun();
    auto* buttons = new QDialogButtonBox;
    m_close = buttons->addButton(QDialogButtonBox::Close);
    m_start = buttons->addButton(QString(), QDialogButtonBox::ActionRole);
    setButtonKind(m_start, ButtonKind::primary);
    // Return must never change keys by itself.
    m_close->setAutoDefault(false);
    m_start->setAutoDefault(false);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kMedium);
    for (QWidget* part : std::initializer_list<QWidget*>{m_title, m_choice, m_message, m_preview,
                                                         m_confirmation, m_run}) {
        layout->addWidget(part, part == m_preview ? 1 : 0);
    }
    layout->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_start, &QPushButton::clicked, this, [this] { m_presenter.start(m_typed->text()); });
    connect(m_message, &InlineMessage::actionRequested, this, [this] {
        askToUnlock(this, m_presenter.cacheName(), &m_presenter,
                    [&presenter = m_presenter] { presenter.setUnlocked(true); });
    });
    connect(&m_presenter, &ChangePresenter::previewChanged, this, &ChangeDialog::refresh);
    connect(&m_presenter, &ChangePresenter::progressChanged, this, &ChangeDialog::refresh);
    connect(&m_presenter, &ChangePresenter::lockChanged, this, &ChangeDialog::refresh);
    if (m_change.ttl > Duration::zero()) {
        m_ttl->setValue(seconds(m_change.ttl));
    }
    m_part->setValue(m_change.part);
    choose(m_change.kind);
    const QFontMetrics metrics(font());
    setMinimumWidth(metrics.averageCharWidth() * 68);
    resize(metrics.averageCharWidth() * 76, sizeHint().height());
}

QWidget* ChangeDialog::makeChoice() {
    auto* choice = new QWidget;
    auto* layout = column(choice, space::kSmall);
    auto* kinds = new QHBoxLayout;
    kinds->setSpacing(space::kLarge);
    const std::pair<Kind, QString> all[] = {{Kind::remove, tr("Delete")},
                                            {Kind::expireIn, tr("Set TTL")},
                                            {Kind::spread, tr("Add jitter")},
                                            {Kind::persist, tr("Remove expiry")}};
    for (const auto& [kind, text] : all) {
        auto* button = new QRadioButton(text);
        m_kinds->addButton(button, static_cast<int>(kind));
        kinds->addWidget(button);
    }
    kinds->addStretch(1);
    m_ttl = new ValueSlider(tr("Expires after"), spanFormat(), ValueRange::spans(1, kLongestTtl),
                            kUsualTtl);
    m_part = new ValueSlider(tr("Longer or shorter by up to"), percentFormat(),
                             ValueRange::linear(0.01, 0.5, 0.01), 0.1);
    m_meaning = makeLabel({}, TypeSize::body, TextTone::secondary, QFont::Normal, true);
    layout->addLayout(kinds);
    layout->addWidget(m_ttl);
    layout->addWidget(m_part);
    layout->addWidget(m_meaning);
    connect(m_kinds, &QButtonGroup::idClicked, this,
            [this](int id) { choose(static_cast<Kind>(id)); });
    connect(m_ttl, &ValueSlider::valueChanged, this, &ChangeDialog::takeChange);
    connect(m_part, &ValueSlider::valueChanged, this, &ChangeDialog::takeChange);
    return choice;
}

QWidget* ChangeDialog::makePreview() {
    auto* preview = new QWidget;
    auto* layout = column(preview, space::kTiny);
    m_reach = makeLabel({}, TypeSize::large, TextTone::primary, QFont::DemiBold, true);
    m_duration = makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true);
    m_namespaces = new ElidedLabel;
    m_namespaces->setFont(monoFont(font()));
    m_sample = new QListWidget;
    m_sample->setAccessibleName(tr("Some of the keys"));
    m_sample->setFont(monoFont(font()));
    m_sample->setSelectionMode(QAbstractItemView::NoSelection);
    m_sample->setFocusPolicy(Qt::TabFocus);
    m_sample->setTextElideMode(Qt::ElideMiddle);
    m_sample->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_sample->setUniformItemSizes(true);
    const int line = QFontMetrics(m_sample->font()).height() + space::kTiny;
    m_sample->setMinimumHeight(line * 3);
    layout->addWidget(m_reach);
    layout->addWidget(m_namespaces);
    layout->addWidget(m_duration);
    layout->addSpacing(space::kSmall);
    layout->addWidget(makeLabel(tr("Some of them"), TypeSize::small, TextTone::secondary));
    layout->addWidget(m_sample, 1);
    m_sample->setMaximumHeight(line * 12);
    m_sample->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    preview->setMinimumHeight(line * (kSampleLines + 4));
    return preview;
}

QWidget* ChangeDialog::makeConfirmation() {
    auto* confirmation = new QWidget;
    auto* layout = column(confirmation, space::kTiny);
    m_confirmLabel = makeLabel({}, TypeSize::body, TextTone::primary, QFont::Normal, true);
    m_typed = new QLineEdit;
    m_typed->setFont(monoFont(font()));
    m_typed->setAccessibleName(tr("Confirmation"));
    m_confirmLabel->setBuddy(m_typed);
    layout->addWidget(m_confirmLabel);
    layout->addWidget(m_typed);
    connect(m_typed, &QLineEdit::textChanged, this, &ChangeDialog::refresh);
    return confirmation;
}

QWidget* ChangeDialog::makeRun() {
    auto* run = new QWidget;
    auto* layout = column(run, space::kSmall);
    m_progress = new QProgressBar;
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress"));
    m_state = makeLabel({}, TypeSize::body, TextTone::primary, QFont::Normal, true);
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_stop = new QPushButton(tr("Stop"));
    m_undo = new QPushButton(tr("Undo"));
    for (QPushButton* button : {m_stop, m_undo}) {
        button->setAutoDefault(false);
    }
    auto* line = new QHBoxLayout;
    line->setSpacing(space::kMedium);
    line->addWidget(m_state, 1);
    line->addWidget(m_stop, 0, Qt::AlignTop);
    line->addWidget(m_undo, 0, Qt::AlignTop);
    layout->addWidget(m_progress);
    layout->addLayout(line);
    connect(m_stop, &QPushButton::clicked, &m_presenter, &ChangePresenter::stop);
    connect(m_undo, &QPushButton::clicked, &m_presenter, &ChangePresenter::undo);
    return run;
}

void ChangeDialog::choose(Kind kind) {
    m_change.kind = kind;
    m_kinds->button(static_cast<int>(kind))->setChecked(true);
    m_ttl->setVisible(kind == Kind::expireIn);
    m_part->setVisible(kind == Kind::spread);
    takeChange();
}

void ChangeDialog::takeChange() {
    m_change.ttl = Duration{std::llround(m_ttl->value() * 1e9)};
    m_change.part = m_part->value();
    m_meaning->setText(changeMeaning(m_change));
    m_presenter.setChange(m_change);
    refresh();
}

void ChangeDialog::refresh() {
    m_title->setText(m_presenter.scope().title);
    const bool hasRun = m_presenter.progress().has_value();
    m_choice->setEnabled(!hasRun && (m_presenter.preview() || m_presenter.previewing()));
    // Keys that were lost with their connection have nothing to show.
    m_preview->setVisible(m_presenter.preview() || m_presenter.previewing());
    // What would happen is no news once it has.
    m_meaning->setVisible(!hasRun);
    m_duration->setVisible(!hasRun);
    m_run->setVisible(hasRun);
    warn();
    showPreview();
    showRun();
    const quint64 keys = m_presenter.preview() ? m_presenter.preview()->keys : 0;
    m_start->setText(changeAction(m_change, keys));
    m_start->setVisible(!hasRun);
    m_start->setEnabled(m_presenter.canStart() && m_presenter.isConfirmedBy(m_typed->text()));
    growForParts(*this);
}

void ChangeDialog::warn() {
    const bool hasRun = m_presenter.progress().has_value();
    const QString problem = m_presenter.problem();
    if (!problem.isEmpty()) {
        m_message->showMessage(InlineMessage::Kind::error, problem, {}, false);
    } else if (!m_presenter.hasLink()) {
        m_message->showMessage(InlineMessage::Kind::warning, tr("No cache is connected any more."),
                               {}, false);
    } else if (!m_presenter.isUnlocked() && !hasRun) {
        m_message->showMessage(InlineMessage::Kind::warning,
                               tr("Changes are locked: nothing is sent that alters this cache "
                                  "until you unlock them."),
                               tr("Unlock changes…"), false);
    } else if (m_presenter.environment() == Environment::production && !hasRun) {
        m_message->showMessage(InlineMessage::Kind::warning,
                               m_change.kind == Kind::remove
                                   ? tr("This cache is in production. Each key that is deleted "
                                        "has to be loaded again from its origin.")
                                   : tr("This cache is in production."),
                               {}, false);
    } else {
        m_message->hide();
        return;
    }
    m_message->setVisible(true);
}

void ChangeDialog::showPreview() {
    const auto& preview = m_presenter.preview();
    if (!preview) {
        m_reach->setText(m_presenter.previewing() ? tr("Counting…") : QString());
        m_duration->clear();
        m_namespaces->setText({});
        m_sample->clear();
        m_confirmation->hide();
        return;
    }
    m_reach->setText(changeReach(*preview));
    m_duration->setText(QStringList{changeExpired(*preview), changeDuration(*preview)}
                            .join(QLatin1Char(' '))
                            .trimmed());
    m_namespaces->setText(changeNamespaces(*preview));
    // Only where it is another one, so that the place in the list stays.
    QStringList shown;
    for (int row = 0; row < m_sample->count(); ++row) {
        shown.append(m_sample->item(row)->text());
    }
    if (shown != preview->sample) {
        m_sample->clear();
        m_sample->addItems(preview->sample);
    }
    const QString wanted = m_presenter.confirmText();
    const bool asks = !wanted.isEmpty() && preview->keys > 0 && m_presenter.isUnlocked() &&
                      !m_presenter.progress();
    m_confirmLabel->setText(m_presenter.scope().phrase.isEmpty()
                                ? tr("To confirm, type the number of keys: %1").arg(wanted)
                                : tr("To confirm, type “%1”").arg(wanted));
    m_confirmation->setVisible(asks);
}

void ChangeDialog::showRun() {
    const auto& progress = m_presenter.progress();
    if (!progress) {
        return;
    }
    const bool running = m_presenter.running();
    m_progress->setVisible(running);
    m_progress->setRange(0, kSteps);
    // Until all are counted, by what was counted before.
    const auto handled = static_cast<double>(progress->handled());
    const auto targets = static_cast<double>(progress->targets > 0 || !m_presenter.preview()
                                                 ? progress->targets
                                                 : m_presenter.preview()->keys);
    m_progress->setValue(static_cast<int>(kSteps * handled / std::max(targets, 1.0)));
    if (running) {
        QString text = tr("%1 of %2").arg(formatCount(handled), formatCount(targets));
        if (progress->remaining) {
            text = tr("%1, about %2 left").arg(text, formatLatency(seconds(*progress->remaining)));
        }
        if (progress->backsOff) {
            text = tr("%1. The server has become slower, so this goes slower too.").arg(text);
        }
        m_state->setText(text);
    } else {
        m_state->setText(m_presenter.resultText());
    }
    m_stop->setVisible(running);
    m_undo->setVisible(!running && m_presenter.undoable() > 0);
}

void ChangeDialog::done(int result) {
    m_presenter.stop();
    m_typed->clear();
    QDialog::done(result);
}

}  // namespace cachescope::ui
