// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/key_filter_bar.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QSignalBlocker>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/model/formats.h"
#include "ui/model/key_facts_text.h"
#include "ui/model/key_filter_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr int kRestMs = 150;

enum TtlChoice { anyTtl, noExpiry, withExpiry, underMinute, underHour, overDay, expired, custom };

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

std::optional<TextRange> sizeRange(const QString& text) {
    return parseRange(text, [](const QString& value) { return parseBytes(value); });
}

std::optional<TextRange> spanRange(const QString& text) {
    return parseRange(text, [](const QString& value) { return parseSpan(value); });
}

std::uint64_t whole(double bytes) {
    return static_cast<std::uint64_t>(std::clamp(bytes, 0.0, 9e15));
}

std::int64_t milliseconds(double seconds) {
    return static_cast<std::int64_t>(std::clamp(seconds * 1e3, 0.0, 9e15));
}

// The chip of the chosen namespace: in a frame, so that it is seen as one thing.
class Chip : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tokens& tokens = tokensFor(palette());
        paintRounded(painter, rect(), tokens.selection, tokens.line, kControlRadius);
    }
};

}  // namespace

KeyFilterBar::KeyFilterBar(QWidget* parent)
    : QWidget(parent),
      m_pattern(new QLineEdit),
      m_type(new QComboBox),
      m_ttl(new QComboBox),
      m_size(new QLineEdit),
      m_span(new QLineEdit),
      m_chip(new Chip),
      m_chipText(new ElidedLabel({}, Qt::ElideMiddle)),
      m_doing(new ElidedLabel),
      m_count(makeLabel({}, TypeSize::body, TextTone::secondary)),
      m_status(new QHBoxLayout),
      m_rest(new QTimer(this)) {
    makeControls();
    auto* remove = new QToolButton;
    remove->setIcon(icon(IconName::close, IconTone::secondary));
    remove->setToolTip(tr("Show keys of all namespaces"));
    remove->setAccessibleName(tr("Show keys of all namespaces"));
    setButtonKind(remove, ButtonKind::quiet);
    m_chipText->setFont(monoFont(font()));
    auto* chip = new QHBoxLayout(m_chip);
    chip->setContentsMargins(space::kSmall, 1, 1, 1);
    chip->setSpacing(2);
    chip->addWidget(m_chipText, 1);
    chip->addWidget(remove);
    m_chip->hide();
    m_doing->setForegroundRole(QPalette::PlaceholderText);

    auto* filters = new QHBoxLayout;
    filters->setSpacing(space::kSmall);
    filters->addWidget(m_pattern, 1);
    filters->addWidget(m_type);
    filters->addWidget(m_ttl);
    filters->addWidget(m_size);
    m_status->setSpacing(space::kSmall);
    m_status->addWidget(m_chip);
    m_status->addWidget(m_span);
    m_status->addWidget(m_doing, 1);
    m_status->addWidget(m_count);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kTiny);
    layout->addLayout(filters);
    layout->addLayout(m_status);
    // The line keeps its height whether or not there is a chip on it.
    m_count->setMinimumHeight(m_chip->sizeHint().height());

    m_rest->setSingleShot(true);
    m_rest->setInterval(kRestMs);
    connect(m_rest, &QTimer::timeout, this, &KeyFilterBar::queryChanged);
    for (QLineEdit* edit : {m_pattern, m_size, m_span}) {
        connect(edit, &QLineEdit::textChanged, this, &KeyFilterBar::typed);
    }
    connect(m_type, &QComboBox::currentIndexChanged, this, &KeyFilterBar::queryChanged);
    connect(m_ttl, &QComboBox::currentIndexChanged, this, [this](int choice) {
        m_span->setVisible(choice == custom);
        if (choice == custom) {
            m_span->setFocus();
        }
        Q_EMIT queryChanged();
    });
    connect(remove, &QToolButton::clicked, this, [this] {
        setPrefix({}, {});
        Q_EMIT prefixRemoved();
    });
}

void KeyFilterBar::makeControls() {
    const int letter = fontMetrics().averageCharWidth();
    m_pattern->setFont(monoFont(font()));
    m_pattern->setPlaceholderText(tr("Filter keys"));
    m_pattern->setClearButtonEnabled(true);
    m_pattern->setMinimumWidth(letter * 16);
    m_pattern->setAccessibleName(tr("Filter keys by name"));
    m_pattern->setToolTip(tr("Part of a name, or a pattern with * ? and [a-z], such as product:*"));
    m_pattern->installEventFilter(this);
    m_type->addItem(tr("any type"));
    m_type->setAccessibleName(tr("Filter by type"));
    m_ttl->addItems({tr("any TTL"), tr("no expiry"), tr("with expiry"), tr("under a minute"),
                     tr("under an hour"), tr("over a day"), tr("expired"), tr("custom range…")});
    m_ttl->setAccessibleName(tr("Filter by what is left of the TTL"));
    for (QComboBox* box : {m_type, m_ttl}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
    }
    m_ttl->view()->setMinimumWidth(m_ttl->view()->sizeHintForColumn(0) + space::kHuge);
    m_size->setPlaceholderText(tr("any size"));
    m_size->setFixedWidth(letter * 13);
    m_size->setAccessibleName(tr("Filter by size"));
    m_size->setToolTip(tr("Such as > 1 MB, < 64 KB, or 1 KB – 64 KB"));
    m_span->setPlaceholderText(tr("1 min – 1 h"));
    m_span->setFixedWidth(letter * 16);
    m_span->setAccessibleName(tr("What is left of the TTL"));
    m_span->setToolTip(tr("Such as > 1 d, < 5 min, or 1 min – 1 h"));
    m_span->hide();
}

void KeyFilterBar::typed() {
    markInvalid(m_size, !sizeRange(m_size->text()));
    markInvalid(m_span, !spanRange(m_span->text()));
    m_rest->start();
}

void KeyFilterBar::applyTtl(inspect::KeyQuery& query) const {
    const auto between = [&query](std::int64_t from, std::int64_t to) {
        query.ttl = inspect::TtlFilter::between;
        query.ttlFrom = from;
        query.ttlTo = to;
    };
    switch (m_ttl->currentIndex()) {
        case noExpiry:
            query.ttl = inspect::TtlFilter::none;
            break;
        case withExpiry:
            query.ttl = inspect::TtlFilter::some;
            break;
        case underMinute:
            between(1, kMinuteMs);
            break;
        case underHour:
            between(1, kHourMs);
            break;
        case overDay:
            between(kDayMs, inspect::kNoExpiry);
            break;
        case expired:
            query.ttl = inspect::TtlFilter::expired;
            break;
        case custom:
            if (const auto range = spanRange(m_span->text()); range && !range->isOpen()) {
                between(std::max<std::int64_t>(milliseconds(range->from.value_or(0)), 1),
                        range->to ? milliseconds(*range->to) + 1 : inspect::kNoExpiry);
            }
            break;
        default:
            break;
    }
}

inspect::KeyQuery KeyFilterBar::query() const {
    inspect::KeyQuery query;
    query.pattern = patternOf(m_pattern->text());
    query.prefix = m_prefix;
    query.direct = m_direct;
    if (m_type->currentIndex() > 0) {
        query.types = {m_type->currentData().toByteArray().toStdString()};
    }
    applyTtl(query);
    if (const auto range = sizeRange(m_size->text())) {
        if (range->from) {
            query.minBytes = whole(std::ceil(*range->from));
        }
        if (range->to) {
            query.maxBytes = whole(*range->to);
        }
    }
    return query;
}

void KeyFilterBar::setTypes(const std::vector<std::string>& types) {
    const QByteArray chosen = m_type->currentData().toByteArray();
    const bool any = m_type->currentIndex() <= 0;
    if (static_cast<int>(types.size()) + 1 == m_type->count()) {
        // Types are only ever added while one cache is looked at.
        bool same = true;
        for (std::size_t i = 0; i < types.size(); ++i) {
            same = same && m_type->itemData(static_cast<int>(i) + 1).toByteArray().toStdString() ==
                               types[i];
        }
        if (same) {
            return;
        }
    }
    {
        const QSignalBlocker quiet(m_type);
        m_type->clear();
        m_type->addItem(tr("any type"));
        for (const std::string& type : types) {
            m_type->addItem(type.empty() ? tr("unknown") : KeyFactsText::type(type),
                            QByteArray::fromStdString(type));
        }
        const int at = any ? 0 : m_type->findData(chosen);
        m_type->setCurrentIndex(std::max(at, 0));
    }
    m_type->view()->setMinimumWidth(m_type->view()->sizeHintForColumn(0) + space::kHuge);
    if (!any && m_type->currentIndex() == 0) {
        Q_EMIT queryChanged();
    }
}

void KeyFilterBar::setPrefix(const QString& escaped, const std::string& prefix, bool direct) {
    m_prefix = prefix;
    m_direct = direct;
    m_chip->setVisible(hasPrefix());
    m_chipText->setText(escaped);
    m_chipText->setAccessibleName(tr("Only keys in %1").arg(escaped));
    m_chip->setMaximumWidth(fontMetrics().averageCharWidth() * 32);
    m_rest->stop();
    Q_EMIT queryChanged();
}

void KeyFilterBar::clear() {
    {
        const QSignalBlocker quiet(this);
        for (QLineEdit* edit : {m_pattern, m_size, m_span}) {
            edit->clear();
        }
        m_type->setCurrentIndex(0);
        m_ttl->setCurrentIndex(anyTtl);
    }
    const bool had = hasPrefix();
    setPrefix({}, {});
    if (had) {
        Q_EMIT prefixRemoved();
    }
}

void KeyFilterBar::addToStatus(QWidget* widget, int stretch) {
    m_status->insertWidget(m_status->indexOf(m_doing), widget, stretch);
}

void KeyFilterBar::setStatus(const QString& doing, const QString& count) {
    m_doing->setText(doing);
    m_count->setText(count);
}

bool KeyFilterBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_pattern && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter && m_rest->isActive()) {
            m_rest->stop();
            Q_EMIT queryChanged();
        }
        if (enter || key->key() == Qt::Key_Down) {
            Q_EMIT leftForTable();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace cachescope::ui
