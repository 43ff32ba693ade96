// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/key_notes.h"

#include <QHBoxLayout>
#include <QPushButton>

#include "ui/model/formats.h"
#include "ui/model/key_table_model.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

KeyNotes::KeyNotes(const KeyTableModel& model, QWidget* parent)
    : QWidget(parent),
      m_model(model),
      m_changed(new ElidedLabel),
      m_again(new QPushButton(tr("Read again"))),
      m_sample(new ElidedLabel),
      m_walk(new QPushButton(tr("Walk all keys"))) {
    // Coming and going it must not move the table below by the height of its buttons.
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    for (QWidget* part : std::initializer_list<QWidget*>{m_changed, m_again, m_sample, m_walk}) {
        layout->addWidget(part);
        part->hide();
    }
    for (QLabel* label : {m_changed, m_sample}) {
        label->setForegroundRole(QPalette::PlaceholderText);
    }
    for (QPushButton* button : {m_again, m_walk}) {
        setButtonKind(button, ButtonKind::link);
    }
    connect(m_again, &QPushButton::clicked, this, &KeyNotes::readAgainRequested);
    connect(m_walk, &QPushButton::clicked, this, &KeyNotes::walkRequested);
    connect(&m_model, &KeyTableModel::marksChanged, this, &KeyNotes::refresh);
}

void KeyNotes::refresh() {
    showChanges();
    showSample();
}

void KeyNotes::showChanges() {
    const auto& keyspace = m_model.keyspace();
    const std::size_t keys = keyspace == nullptr ? 0 : m_model.marks().count();
    m_changed->setVisible(keys > 0);
    m_again->setVisible(keys > 0);
    if (keys == 0) {
        return;
    }
    const QString changed =
        keys == 1 ? tr("1 key has changed")
                  : tr("%1 keys have changed").arg(formatCount(static_cast<double>(keys)));
    // Figures of all keys are counted anew, and a sample is drawn again; half a walk is neither.
    const QString before = keyspace->walked && !keyspace->complete
                               ? tr("order, filters and figures are from before")
                               : tr("order and filters are from before");
    // Beside what is said of a sample there is no room for more.
    const bool isShort = !keyspace->walked && !keyspace->complete;
    m_changed->setText(isShort ? changed : tr("%1; %2").arg(changed, before));
    m_changed->setToolTip(isShort ? before : QString());
    m_changed->setAccessibleDescription(before);
    m_again->setToolTip(keyspace->walked ? tr("Walks all keys once more")
                                         : tr("Looks at the keys once more"));
}

void KeyNotes::showSample() {
    const auto& keyspace = m_model.keyspace();
    const bool sampled = keyspace != nullptr && !keyspace->walked && !keyspace->complete;
    m_sample->setVisible(sampled);
    m_walk->setVisible(sampled);
    if (sampled) {
        const auto& figures = keyspace->figures;
        const QString some = formatCount(static_cast<double>(figures.sampled));
        m_sample->setText(
            figures.databaseKeys > 0
                ? tr("a sample of %1 of %2 keys")
                      .arg(some, formatCount(static_cast<double>(figures.databaseKeys)))
                : tr("a sample of %1 keys").arg(some));
    }
}

}  // namespace cachescope::ui
