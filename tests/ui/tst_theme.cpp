// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <array>
#include <cmath>
#include <set>

#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

using namespace cachescope::ui;

namespace {

QImage painted(const std::function<void(QPainter&)>& draw, QSize size = {80, 40}) {
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    draw(painter);
    return image;
}

using Triple = std::array<double, 3>;

Triple times(const std::array<Triple, 3>& matrix, const Triple& vector) {
    Triple result{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            result[row] += matrix[row][column] * vector[column];
        }
    }
    return result;
}

/// How a colour looks to a dichromat (Viénot, Brettel and Mollon, 1999), in CIE L*a*b*.
Triple seenBy(const std::array<Triple, 3>& dichromat, const QColor& colour) {
    const auto linear = [](float channel) {
        const auto c = static_cast<double>(channel);
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    const Triple rgb =
        times(dichromat, {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())});
    const Triple xyz = times(
        {{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}}, rgb);
    const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116.0; };
    const double x = f(xyz[0] / 0.9505);
    const double y = f(xyz[1]);
    const double z = f(xyz[2] / 1.089);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

constexpr std::array<Triple, 3> kProtanope{
    {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}}};
constexpr std::array<Triple, 3> kDeuteranope{
    {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}}};

int inkOf(const QImage& image) {
    int ink = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            ink += qAlpha(image.pixel(x, y)) > 0;
        }
    }
    return ink;
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsReadableOnEverySurface_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textIsReadableOnEverySurface() {
        QFETCH(bool, dark);
        const Tokens& tokens = dark ? darkTokens() : lightTokens();
        constexpr double kReadable = 4.5;
        QList<QColor> texts{tokens.text, tokens.secondary, tokens.accentText};
        for (const QColor& colour : tokens.outcomeTexts) {
            texts.append(colour);
        }
        const QList<QColor> surfaces{tokens.background, tokens.panel, tokens.selection,
                                     tokens.field};
        for (const QColor& text : texts) {
            for (const QColor& surface : surfaces) {
                QVERIFY2(contrast(text, surface) >= kReadable,
                         qPrintable(QStringLiteral("%1 on %2: %3")
                                        .arg(text.name(), surface.name())
                                        .arg(contrast(text, surface))));
            }
        }
        QVERIFY(contrast(tokens.onAccent, tokens.accent) >= kReadable);
        for (const QColor& chip : tokens.laneChips) {
            QVERIFY2(contrast(tokens.onChip, chip) >= kReadable, qPrintable(chip.name()));
        }
    }

    // Tiles, dots and lines need 3:1 (WCAG 2.1, 1.4.11) unless a word or shape says the same; the
    // lines of lanes have nothing else at a glance.
    void lanesStandOutFromThePanel() {
        for (const Tokens* tokens : {&lightTokens(), &darkTokens()}) {
            for (const QColor& lane : tokens->lanes) {
                QVERIFY2(contrast(lane, tokens->panel) >= 3, qPrintable(lane.name()));
            }
        }
    }

    // 2.3 is just noticeable; tiles a few pixels wide need more.
    void outcomesDifferForTheColourBlind() {
        constexpr double kClearlyDifferent = 7;
        for (const Tokens* tokens : {&lightTokens(), &darkTokens()}) {
            for (const auto& dichromat : {kProtanope, kDeuteranope}) {
                for (std::size_t a = 0; a < kOutcomeCount; ++a) {
                    for (std::size_t b = a + 1; b < kOutcomeCount; ++b) {
                        const Triple one = seenBy(dichromat, tokens->outcomes[a]);
                        const Triple two = seenBy(dichromat, tokens->outcomes[b]);
                        const double distance =
                            std::hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]);
                        QVERIFY2(distance >= kClearlyDifferent,
                                 qPrintable(QStringLiteral("%1 and %2: %3")
                                                .arg(tokens->outcomes[a].name(),
                                                     tokens->outcomes[b].name())
                                                .arg(distance)));
                    }
                }
            }
        }
    }

    void namespacesDifferFromEachOtherAndFromAnErrorForEverybody() {
        constexpr double kClearlyDifferent = 15;
        constexpr std::array<Triple, 3> kEverybodyElse{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
        for (const Tokens* tokens : {&lightTokens(), &darkTokens()}) {
            QList<QColor> others{tokens->outcome(Outcome::error),
                                 tokens->outcome(Outcome::expired)};
            for (const QColor& space : tokens->spaces) {
                QVERIFY2(contrast(space, tokens->panel) >= 3, qPrintable(space.name()));
                for (const QColor& other : others) {
                    for (const auto& eye : {kEverybodyElse, kProtanope, kDeuteranope}) {
                        const Triple one = seenBy(eye, space);
                        const Triple two = seenBy(eye, other);
                        const double distance =
                            std::hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]);
                        QVERIFY2(distance >= kClearlyDifferent,
                                 qPrintable(QStringLiteral("%1 and %2: %3")
                                                .arg(space.name(), other.name())
                                                .arg(distance)));
                    }
                }
                others.append(space);
            }
        }
    }

    void everyLaneHasDashesOfItsOwn() {
        std::set<QList<qreal>> patterns;
        for (int lane = 0; lane < kLaneStyleCount; ++lane) {
            patterns.insert(laneStyle(lightTokens(), lane).dashes);
        }
        QCOMPARE(patterns.size(), std::size_t{kLaneStyleCount});
        QCOMPARE(laneStyle(lightTokens(), kLaneStyleCount).colour,
                 laneStyle(lightTokens(), 0).colour);
        QCOMPARE(laneStyle(lightTokens(), -1).colour, laneStyle(lightTokens(), 0).colour);
    }

    void choosingATheme_changesPaletteAndTellsOnce() {
        Theme theme(*qApp, ThemeChoice::light);
        QWidget window;
        auto* child = new QWidget(&window);
        window.show();
        QVERIFY(!tokensFor(child->palette()).dark);
        const QSignalSpy changes(&theme, &Theme::changed);
        theme.setChoice(ThemeChoice::dark);
        QVERIFY(theme.isDark());
        QVERIFY(tokensFor(QApplication::palette()).dark);
        QTRY_VERIFY(tokensFor(child->palette()).dark);
        theme.setChoice(ThemeChoice::dark);
        QCOMPARE(changes.count(), 1);
    }

    void iconsFollowTheTheme() {
        Theme theme(*qApp, ThemeChoice::light);
        const QIcon symbol = icon(IconName::lab);
        const QImage light = symbol.pixmap(20, 20).toImage();
        theme.setChoice(ThemeChoice::dark);
        const QImage dark = symbol.pixmap(20, 20).toImage();
        QVERIFY(light != dark);
        QVERIFY(inkOf(light) > 20);
    }

    void everyIconHasAPicture() {
        std::set<QByteArray> pictures;
        for (int i = 0; i < kIconCount; ++i) {
            const QImage image = painted(
                [i](QPainter& painter) {
                    paintIcon(painter, QRectF(0, 0, 40, 40), static_cast<IconName>(i), Qt::black);
                },
                {40, 40});
            QVERIFY2(inkOf(image) > 20, qPrintable(QString::number(i)));
            pictures.insert(
                QByteArray(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes()));
        }
        QCOMPARE(pictures.size(), std::size_t{kIconCount});
    }

    void iconsAreDrawnInDevicePixels() {
        const QPixmap pixmap = icon(IconName::settings).pixmap(QSize(20, 20), 2.0);
        QCOMPARE(pixmap.size(), QSize(40, 40));
    }

    void figuresDoNotDance() {
        const Theme theme(*qApp, ThemeChoice::light);
        const QFont face = QApplication::font();
        QCOMPARE(figuresWidth(face, QStringLiteral("111.1 ms")),
                 figuresWidth(face, QStringLiteral("808.8 ms")));
        QVERIFY(figuresWidth(face, QStringLiteral("11.1")) <
                figuresWidth(face, QStringLiteral("111.1")));
    }

    // "!=" and "->" are bytes of keys, and not one sign each.
    void bytesOfKeysAreDrawnOneByOne() {
        QFont face = monoFont(QApplication::font());
        face.setPixelSize(20);
        QVERIFY(!joinsCharacters(face));
        for (const auto* text : {u"<=>", u"!=", u"->", u"===", u"|||", u"fi", u"/* */"}) {
            const QString whole = QString::fromUtf16(text);
            const qreal cell = QFontMetricsF(face).horizontalAdvance(u'm');
            QCOMPARE(QFontMetricsF(face).horizontalAdvance(whole),
                     cell * static_cast<double>(whole.size()));
            const QImage atOnce = painted([&](QPainter& painter) {
                painter.setFont(face);
                painter.drawText(QPointF(2, 30), whole);
            });
            const QImage oneByOne = painted([&](QPainter& painter) {
                painter.setFont(face);
                for (qsizetype i = 0; i < whole.size(); ++i) {
                    painter.drawText(QPointF(2 + cell * static_cast<double>(i), 30),
                                     QString(whole[i]));
                }
            });
            QVERIFY(inkOf(atOnce) > 0);
            QVERIFY2(atOnce == oneByOne, qPrintable(whole));
        }
    }

    void figuresReadFromLeftToRightInEveryScript() {
        const auto drawn = [](Qt::LayoutDirection direction) {
            return painted([direction](QPainter& painter) {
                painter.setLayoutDirection(direction);
                drawFigures(painter, QRectF(0, 0, 80, 40), Qt::AlignLeft, QStringLiteral("77 /s"));
            });
        };
        QCOMPARE(drawn(Qt::RightToLeft), drawn(Qt::LeftToRight));
    }

    // The label of a button lies in its middle, whichever side the icon is on.
    void buttonLabelsStayInTheMiddle() {
        const Theme theme(*qApp, ThemeChoice::light);
        for (const auto direction : {Qt::LeftToRight, Qt::RightToLeft}) {
            QPushButton button(icon(IconName::reset), QStringLiteral("Reset"));
            button.setLayoutDirection(direction);
            button.resize(200, 30);
            const QImage image = button.grab().toImage();
            for (const int x : {20, 50, 150, 180}) {
                for (int y = 5; y < 25; ++y) {
                    QCOMPARE(image.pixelColor(x, y), lightTokens().panel);
                }
            }
        }
    }

    void buttonsTellTheirKindByTheirFill() {
        const Theme theme(*qApp, ThemeChoice::light);
        const auto fillOf = [](ButtonKind kind) {
            QPushButton button;
            button.resize(80, 30);
            setButtonKind(&button, kind);
            return button.grab().toImage().pixelColor(6, 15);
        };
        QCOMPARE(fillOf(ButtonKind::primary), lightTokens().accent);
        QCOMPARE(fillOf(ButtonKind::normal), lightTokens().panel);
        QCOMPARE(fillOf(ButtonKind::quiet), lightTokens().background);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
