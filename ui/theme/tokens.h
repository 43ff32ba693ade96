// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QPalette>
#include <QPen>
#include <array>

namespace cachescope::ui {

/// What happened to one request or one entry, as it is shown. One colour each, everywhere.
enum class Outcome { hit, coalesced, miss, stale, expired, evicted, invalidated, error };
inline constexpr int kOutcomeCount = 8;

/// Lanes with a colour of their own; more lanes start again from the first.
inline constexpr int kLaneStyleCount = 6;

/// Namespaces with a colour of their own; the others share the grey of what has expired.
inline constexpr int kSpaceCount = 5;

/// Every colour of one theme, by what it means and never by what it looks like.
///
/// Two tables exist, light and dark; tokensFor() chooses. Text colours (`text`, `secondary`, the
/// `…Text` arrays) have a contrast of at least 4.5:1 on `background`, `panel` and `selection`;
/// `faint` has not, and is only for what may be missed. Outcomes and lanes differ for people with
/// protanopia and deuteranopia too, some by little: draw `invalidated` as an outline and `error`
/// filled, and lanes with their dashes. Colours of namespaces
/// differ clearly from each other, from that grey and from an error, for them too. Values, usable
/// from any thread.
struct Tokens {
    bool dark;
    QColor background;  ///< behind everything
    QColor panel;       ///< cards, menus, tables
    QColor field;       ///< boxes that are typed into
    QColor hover;       ///< under the pointer
    QColor text;
    QColor secondary;
    QColor faint;
    QColor line;  ///< hairlines around panels and controls
    QColor grid;  ///< inside charts
    QColor accent;
    QColor accentText;  ///< the accent where it is read: links, quiet buttons
    QColor onAccent;    ///< text on a filled accent
    QColor selection;
    std::array<QColor, kOutcomeCount> outcomes;
    std::array<QColor, kOutcomeCount> outcomeTexts;
    std::array<QColor, kLaneStyleCount> lanes;
    std::array<QColor, kLaneStyleCount> laneChips;  ///< behind the lane's number
    QColor onChip;
    std::array<QColor, kSpaceCount> spaces;  ///< namespaces, largest first

    /// For tiles, dots and lines.
    const QColor& outcome(Outcome what) const { return outcomes[static_cast<std::size_t>(what)]; }
    /// For words.
    const QColor& outcomeText(Outcome what) const {
        return outcomeTexts[static_cast<std::size_t>(what)];
    }
};

const Tokens& lightTokens();
const Tokens& darkTokens();

/// The table that fits a palette: dark when its window is darker than its text. Widgets call this
/// with their own palette() while painting, so that a change of theme needs no further wiring.
const Tokens& tokensFor(const QPalette& palette);

/// How a lane looks: told apart by colour, by dashes, and by the number on its chip.
struct LaneStyle {
    QColor colour;
    QColor chip;
    QColor onChip;
    QList<qreal> dashes;  ///< on, off, … in logical pixels; empty: a solid line

    /// A line of `width` logical pixels with these dashes.
    QPen pen(qreal width) const;
};

/// `index` counts from 0; from kLaneStyleCount on the colours repeat, with other dashes.
LaneStyle laneStyle(const Tokens& tokens, int index);

/// A pen whose dashes are given in logical pixels rather than in pen widths.
QPen dashedPen(const QColor& colour, qreal width, const QList<qreal>& dashes);

/// WCAG 2.1 contrast of two opaque colours, from 1 to 21.
double contrast(const QColor& a, const QColor& b);

/// The one scale of distances, in logical pixels.
namespace space {
inline constexpr int kTiny = 4;
inline constexpr int kSmall = 8;
inline constexpr int kMedium = 12;
inline constexpr int kLarge = 16;
inline constexpr int kHuge = 24;
}  // namespace space

inline constexpr int kPanelRadius = 8;
inline constexpr int kControlRadius = 6;

}  // namespace cachescope::ui
