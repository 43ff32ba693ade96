// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <array>

#include "ui/theme/tokens.h"

// The resources live in a static library, which the linker drops unless somebody asks for them;
// the macro only works outside of namespaces.
static void loadIconResources() {
    Q_INIT_RESOURCE(cachescope);
}

namespace cachescope::ui {

namespace {

constexpr std::array<const char*, kIconCount> kFiles{
    "lab",           "tune",     "inspect", "learn",  "settings", "play",       "pause",
    "step",          "reset",    "add",     "clone",  "trash",    "edit",       "chevron-down",
    "chevron-right", "copy",     "export",  "search", "warning",  "error",      "info",
    "check",         "database", "memory",  "file",   "outage",   "invalidate", "server",
    "more",          "close",    "lock",    "unlock", "save",     "open",
};

/// One icon in one colour as device pixels; the cache is Qt's own and bounded.
QPixmap rendered(IconName name, const QColor& colour, QSize pixels) {
    const char* const file = kFiles[static_cast<std::size_t>(name)];
    const QString key = QStringLiteral("cachescope-icon-%1-%2-%3x%4")
                            .arg(QLatin1StringView(file))
                            .arg(colour.rgba())
                            .arg(pixels.width())
                            .arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) {
        return pixmap;
    }
    loadIconResources();
    QFile source(QStringLiteral(":/icons/%1.svg").arg(QLatin1StringView(file)));
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    if (source.open(QIODevice::ReadOnly)) {
        QByteArray svg = source.readAll();
        svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        painter.setOpacity(static_cast<qreal>(colour.alphaF()));
        renderer.render(&painter, QRectF(QPointF(), QSizeF(pixels)));
    }
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QColor colourOf(IconTone tone, QIcon::Mode mode) {
    const QPalette palette = QGuiApplication::palette();
    const Tokens& tokens = tokensFor(palette);
    if (mode == QIcon::Disabled) {
        return tokens.faint;
    }
    switch (tone) {
        case IconTone::secondary:
            return tokens.secondary;
        case IconTone::accent:
            return tokens.accentText;
        case IconTone::onAccent:
            return tokens.onAccent;
        case IconTone::warning:
            return tokens.outcomeText(Outcome::miss);
        case IconTone::error:
            return tokens.outcomeText(Outcome::error);
        case IconTone::text:
            break;
    }
    return tokens.text;
}

class LineIconEngine : public QIconEngine {
public:
    LineIconEngine(IconName name, IconTone tone) : m_name(name), m_tone(tone) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        paintIcon(*painter, rect, m_name, colourOf(m_tone, mode));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        if (size.isEmpty()) {
            return {};  // window systems ask so for what they do not show
        }
        return rendered(m_name, colourOf(m_tone, mode), size);
    }
    QIconEngine* clone() const override { return new LineIconEngine(m_name, m_tone); }
    bool isNull() override { return false; }

private:
    IconName m_name;
    IconTone m_tone;
};

}  // namespace

QIcon icon(IconName name, IconTone tone) {
    return QIcon(new LineIconEngine(name, tone));
}

void paintIcon(QPainter& painter, const QRectF& rect, IconName name, const QColor& colour) {
    const qreal scale = painter.device()->devicePixelRatio();
    const QSize pixels = (rect.size() * scale).toSize();
    if (pixels.isEmpty()) {
        return;
    }
    QPixmap pixmap = rendered(name, colour, pixels);
    pixmap.setDevicePixelRatio(scale);
    painter.drawPixmap(rect.topLeft(), pixmap);
}

}  // namespace cachescope::ui
