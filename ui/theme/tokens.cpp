// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <algorithm>
#include <cmath>

namespace cachescope::ui {

namespace {

constexpr QColor rgb(unsigned value) {
    return QColor(static_cast<int>(value >> 16 & 0xff), static_cast<int>(value >> 8 & 0xff),
                  static_cast<int>(value & 0xff));
}

const Tokens kLight{
    .dark = false,
    .background = rgb(0xf6f7f9),
    .panel = rgb(0xffffff),
    .field = rgb(0xf3f5f8),
    .hover = rgb(0xeef1f5),
    .text = rgb(0x1b1f27),
    .secondary = rgb(0x5d6675),
    .faint = rgb(0x8c95a3),
    .line = rgb(0xe3e6eb),
    .grid = rgb(0xeceff3),
    .accent = rgb(0x2f6fed),
    .accentText = rgb(0x2560d8),
    .onAccent = rgb(0xffffff),
    .selection = rgb(0xe8effd),
    .outcomes = {rgb(0x0f9d8a), rgb(0x3aa6dd), rgb(0xe08a00), rgb(0xa67cfb), rgb(0x93a0b0),
                 rgb(0x9d4a24), rgb(0x2f6fed), rgb(0xd11a2a)},
    // The same hues, dark enough to be read as words on white and on the selection.
    .outcomeTexts = {rgb(0x0a7566), rgb(0x1a6fa0), rgb(0x935a00), rgb(0x7040e0), rgb(0x5d6675),
                     rgb(0xa34a24), rgb(0x2560d8), rgb(0xc41726)},
    .lanes = {rgb(0xd1495b), rgb(0x2f6fed), rgb(0x0f9d8a), rgb(0xc77800), rgb(0xa67cfb),
              rgb(0x5f6b7d)},
    .laneChips = {rgb(0xc63f52), rgb(0x2a66e0), rgb(0x0b7a6b), rgb(0x935a00), rgb(0x7a4df0),
                  rgb(0x5f6b7d)},
    .onChip = rgb(0xffffff),
    .spaces = {rgb(0x1f5ad0), rgb(0x0c8a78), rgb(0xa67cfb), rgb(0x802a72), rgb(0xc77800)},
};

const Tokens kDark{
    .dark = true,
    .background = rgb(0x14171c),
    .panel = rgb(0x1b1f26),
    .field = rgb(0x14171c),
    .hover = rgb(0x252b34),
    .text = rgb(0xe7eaef),
    .secondary = rgb(0xa0a9b7),
    .faint = rgb(0x6f7987),
    .line = rgb(0x2b313b),
    .grid = rgb(0x262b34),
    .accent = rgb(0x6ea0ff),
    .accentText = rgb(0x7dabff),
    .onAccent = rgb(0x0f1319),
    .selection = rgb(0x22304a),
    .outcomes = {rgb(0x2cc4ae), rgb(0x63bff0), rgb(0xf5b041), rgb(0x9468ec), rgb(0x77839a),
                 rgb(0xc97346), rgb(0x6ea0ff), rgb(0xff5c68)},
    .outcomeTexts = {rgb(0x2cc4ae), rgb(0x63bff0), rgb(0xf5b041), rgb(0xb497ff), rgb(0xa0a9b7),
                     rgb(0xe58f66), rgb(0x7dabff), rgb(0xff7680)},
    .lanes = {rgb(0xff7b8b), rgb(0x6ea0ff), rgb(0x2cc4ae), rgb(0xf5b041), rgb(0x9468ec),
              rgb(0x9aa6b8)},
    .laneChips = {rgb(0xff7b8b), rgb(0x6ea0ff), rgb(0x2cc4ae), rgb(0xf5b041), rgb(0xab8bff),
                  rgb(0x9aa6b8)},
    .onChip = rgb(0x0f1319),
    .spaces = {rgb(0x86b2ff), rgb(0x2cc4ae), rgb(0x9468ec), rgb(0xf2d0ea), rgb(0xf5b041)},
};

double luminance(const QColor& colour) {
    const auto linear = [](float channel) {
        const double c = static_cast<double>(channel);
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

}  // namespace

const Tokens& lightTokens() {
    return kLight;
}

const Tokens& darkTokens() {
    return kDark;
}

const Tokens& tokensFor(const QPalette& palette) {
    const bool dark = palette.color(QPalette::Window).lightness() <
                      palette.color(QPalette::WindowText).lightness();
    return dark ? kDark : kLight;
}

QPen LaneStyle::pen(qreal width) const {
    return dashedPen(colour, width, dashes);
}

LaneStyle laneStyle(const Tokens& tokens, int index) {
    static const std::array<QList<qreal>, kLaneStyleCount> kDashes{
        QList<qreal>{},           QList<qreal>{6, 3},  QList<qreal>{2, 2.5},
        QList<qreal>{9, 3, 2, 3}, QList<qreal>{12, 4}, QList<qreal>{5, 2.5, 1.5, 2.5, 1.5, 2.5},
    };
    const int lane = std::max(0, index);
    const auto i = static_cast<std::size_t>(lane % kLaneStyleCount);
    // Where colours come round again, dashes are shifted, so that two curves never look the same.
    const auto dashes = static_cast<std::size_t>((lane + lane / kLaneStyleCount) % kLaneStyleCount);
    return {tokens.lanes[i], tokens.laneChips[i], tokens.onChip, kDashes[dashes]};
}

QPen dashedPen(const QColor& colour, qreal width, const QList<qreal>& dashes) {
    QPen pen(colour, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    if (!dashes.isEmpty()) {
        QList<qreal> pattern = dashes;
        for (qreal& length : pattern) {
            length /= width;
        }
        pen.setDashPattern(pattern);
    }
    return pen;
}

double contrast(const QColor& a, const QColor& b) {
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace cachescope::ui
