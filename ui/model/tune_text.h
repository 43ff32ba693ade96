// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "ui/model/tune_outlook.h"

namespace cachescope::ui {

class TunePresenter;

/// Tune in words: what the figures mean, what the advice gains, and why. Plain text with names made
/// safe to show; every function may be called at any time with a study. GUI thread.

/// "300,000 requests for 26,000 keys in 2 h 41 min".
QString studyText(const TuneStudy& study);
/// "All keys", or a namespace's name.
QString selectionText(const TunePresenter& presenter);
/// "12,340 entries, 3.1 MiB".
QString memoryText(const TtlFigures& figures);
/// Of a month, at the prices as they are set; without a currency.
QString costText(const TunePresenter& presenter, const TtlFigures& figures);

/// "32.6 % fewer origin calls", or, where nothing is gained, what the best TTL is.
QString adviceHeadline(const TunePresenter& presenter);
/// Beside what, and at which price.
QString adviceSentence(const TunePresenter& presenter);
/// Why the chosen namespace gets its TTL, in figures.
QString adviceReason(const TunePresenter& presenter);
/// What the person's own TTLs do, beside the advised ones; empty while they are the same.
QString ownPlanSentence(const TunePresenter& presenter);

/// "exact", or "sampled ± 0.3 %".
QString exactnessText(double error);

}  // namespace cachescope::ui
