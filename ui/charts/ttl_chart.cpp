// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ttl_chart.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/charts/legend.h"
#include "ui/charts/ttl_canvas.h"
#include "ui/model/formats.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr double kKeyStep = 0.01;  // of the axis

}  // namespace

TtlChart::TtlChart(const QString& title, QWidget* parent)
    : Card(parent),
      m_canvas(new TtlCanvas),
      m_badge(makeLabel({}, TypeSize::small, TextTone::secondary)),
      m_legend(new Legend) {
    setTitle(title);
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    header()->addWidget(m_legend);
    header()->addSpacing(space::kMedium);
    header()->addWidget(m_badge);
    body()->addWidget(m_canvas, 1);
    const auto add = [this](const QString& text, const QKeySequence& key,
                            void (TtlChart::*slot)()) {
        auto* action = new QAction(icon(IconName::copy), text, this);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
    };
    add(tr("Copy picture"), QKeySequence::Copy, &TtlChart::copyPicture);
    add(tr("Copy data as CSV"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
        &TtlChart::copyData);
    connect(m_canvas, &TtlCanvas::dragged, this, [this](double ttl) {
        setFocus(Qt::MouseFocusReason);
        moveMarker(ttl);
    });
}

void TtlChart::setBadge(const QString& text) {
    m_badge->setText(text);
}

void TtlChart::setAxis(double shortest, double longest) {
    m_canvas->setAxis(TtlAxis(shortest, longest));
    setMarker(m_marker);
}

void TtlChart::setCurves(const QList<double>& ttls, const QList<TtlCurveLine>& lines) {
    m_ttls = ttls;
    m_lines = lines;
    m_canvas->setLines(ttls, lines);
    QList<Legend::Item> items;
    for (const TtlCurveLine& line : lines) {
        items.append({line.name, line.colour, line.dashes});
    }
    m_legend->setItems(items);
    showMarker();
}

void TtlChart::setPoints(const QList<TtlPoint>& points) {
    m_canvas->setPoints(points);
}

void TtlChart::setLimit(std::optional<double> ttl, const QString& label) {
    m_canvas->setLimit(ttl, label);
}

void TtlChart::setMarker(double ttl) {
    m_marker = std::clamp(ttl, m_canvas->axis().shortest(), m_canvas->axis().longest());
    showMarker();
}

void TtlChart::setValueFormat(std::function<QString(qsizetype, double)> format) {
    m_format = std::move(format);
    showMarker();
}

void TtlChart::moveMarker(double ttl) {
    const double before = m_marker;
    setMarker(ttl);
    if (m_marker != before) {
        Q_EMIT markerMoved(m_marker);
    }
}

QString TtlChart::formatted(qsizetype curve, double value) const {
    if (std::isnan(value)) {
        return tr("unknown");
    }
    return m_format ? m_format(curve, value) : formatPercent(value);
}

double TtlChart::valueAt(qsizetype curve, double ttl) const {
    // A hair's breadth on a logarithmic axis is still the same TTL.
    const auto after = std::upper_bound(m_ttls.begin(), m_ttls.end(), ttl * (1 + 1e-9));
    const qsizetype place = after - m_ttls.begin() - 1;
    return curve >= 0 && curve < m_lines.size() && place >= 0
               ? m_lines[curve].values.value(place, std::numeric_limits<double>::quiet_NaN())
               : std::numeric_limits<double>::quiet_NaN();
}

void TtlChart::showMarker() {
    QList<ReadoutRow> rows{{QColor(), {}, tr("TTL %1").arg(formatSpan(m_marker))}};
    QList<QPair<double, bool>> values;
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        const double value = valueAt(i, m_marker);
        values.append({value, m_lines[i].right});
        rows.append({m_lines[i].colour, m_lines[i].dashes,
                     tr("%1 %2").arg(m_lines[i].name, formatted(i, value))});
    }
    m_canvas->setMarker(m_lines.isEmpty() ? std::nullopt : std::optional{m_marker}, rows, values);
    setAccessibleDescription(readoutText());
}

QString TtlChart::readoutText() const {
    QStringList parts{tr("TTL %1").arg(formatSpan(m_marker))};
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        parts.append(tr("%1 %2").arg(m_lines[i].name, formatted(i, valueAt(i, m_marker))));
    }
    return parts.join(QStringLiteral(", "));
}

QString TtlChart::csv() const {
    QString text = QStringLiteral("ttl_s");
    for (const TtlCurveLine& line : m_lines) {
        QString name = line.name;
        text +=
            QStringLiteral(",\"%1\"").arg(name.replace(QLatin1Char('"'), QLatin1String("\"\"")));
    }
    text += QLatin1String("\r\n");
    const QLocale c = QLocale::c();
    for (qsizetype i = 0; i < m_ttls.size(); ++i) {
        text += c.toString(m_ttls[i], 'g', 9);
        for (const TtlCurveLine& line : m_lines) {
            text += QLatin1Char(',');
            const double value = line.values.value(i, std::numeric_limits<double>::quiet_NaN());
            text += std::isnan(value) ? QString() : c.toString(value, 'g', 9);
        }
        text += QLatin1String("\r\n");
    }
    return text;
}

QWidget* TtlChart::plot() const {
    return m_canvas->viewport();
}

QPointF TtlChart::pixelOf(double ttl, double value, bool right) const {
    return m_canvas->pixelOf(ttl, value, right);
}

void TtlChart::copyPicture() {
    QGuiApplication::clipboard()->setPixmap(grab());
}

void TtlChart::copyData() {
    QGuiApplication::clipboard()->setText(csv());
}

void TtlChart::changeEvent(QEvent* event) {
    Card::changeEvent(event);
    if (event->type() == QEvent::LocaleChange) {
        showMarker();
    }
}

void TtlChart::keyPressEvent(QKeyEvent* event) {
    const TtlAxis& axis = m_canvas->axis();
    const double step = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 * kKeyStep : kKeyStep;
    const double position = axis.positionOf(m_marker);
    switch (event->key()) {
        case Qt::Key_Left:
            moveMarker(axis.secondsAt(position - step));
            return;
        case Qt::Key_Right:
            moveMarker(axis.secondsAt(position + step));
            return;
        case Qt::Key_Home:
            moveMarker(axis.shortest());
            return;
        case Qt::Key_End:
            moveMarker(axis.longest());
            return;
        default:
            Card::keyPressEvent(event);
    }
}

}  // namespace cachescope::ui
