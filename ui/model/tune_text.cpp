// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tune_text.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"
#include "ui/model/tune_presenter.h"

namespace cachescope::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cachescope::ui::TuneText)
};

QString groupText(const TuneOutlook& outlook, std::size_t group) {
    const QString name = outlook.groupName(group);
    return name.isEmpty() ? Words::tr("(no namespace)") : name;
}

// What the advice holds to, as a clause.
QString boundText(const TuneWishes& wishes) {
    switch (wishes.goal) {
        case TuneGoal::staleBudget:
            return Words::tr("with at most %1 of all answers stale")
                .arg(formatPercent(wishes.staleShare));
        case TuneGoal::originBudget:
            return Words::tr("with at most %1 origin calls").arg(formatRate(wishes.originCalls));
        case TuneGoal::cost:
            break;
    }
    return Words::tr("at the prices below");
}

// What is spent less, and how much less, as a part of what one TTL for all spends.
double gainOf(const TunePresenter& presenter, const tune::TtlAdvice& advice) {
    const auto part = [](double better, double worse) {
        return worse > 0 ? 1 - better / worse : 0;
    };
    switch (presenter.wishes().goal) {
        case TuneGoal::staleBudget:
            break;
        case TuneGoal::originBudget:
            return part(advice.staleHits, advice.single->staleHits);
        case TuneGoal::cost: {
            TtlFigures single;
            TtlFigures own;
            const TuneOutlook& outlook = presenter.outlook();
            for (std::size_t group = 0; group < advice.groups.size(); ++group) {
                for (const auto& [sum, ttl] : {std::pair{&own, advice.groups[group].choice.ttl},
                                               std::pair{&single, advice.single->ttl}}) {
                    const TtlFigures at = outlook.figures(group, outlook.pointAt(seconds(ttl)));
                    sum->misses += at.misses;
                    sum->stale += at.stale;
                    sum->bytes += at.bytes;
                }
            }
            return part(presenter.costPerSecond(own).total(),
                        presenter.costPerSecond(single).total());
        }
    }
    return advice.originCallsSaved();
}

}  // namespace

QString studyText(const TuneStudy& study) {
    if (study.timeline == nullptr) {
        return {};
    }
    return Words::tr("%1 requests for %2 keys in %3")
        .arg(formatCount(static_cast<double>(study.timeline->requests())),
             formatCount(static_cast<double>(study.timeline->keyCount())),
             formatLatency(seconds(study.timeline->tick * study.timeline->span)));
}

QString selectionText(const TunePresenter& presenter) {
    return presenter.selected() ? groupText(presenter.outlook(), *presenter.selected())
                                : Words::tr("All keys");
}

QString memoryText(const TtlFigures& figures) {
    const QString entries = Words::tr("%1 entries").arg(formatCompact(std::round(figures.objects)));
    return std::isnan(figures.bytes) ? entries
                                     : Words::tr("%1, %2").arg(entries, formatBytes(figures.bytes));
}

QString costText(const TunePresenter& presenter, const TtlFigures& figures) {
    return formatNumber(presenter.costPerSecond(figures).total() *
                        seconds(tune::CostModel::kMonth));
}

QString adviceHeadline(const TunePresenter& presenter) {
    if (const auto& problem = presenter.adviceProblem()) {
        return problem->code() == ErrorCode::outOfRange ? Words::tr("No TTL keeps that")
                                                        : Words::tr("No advice");
    }
    const auto& advice = presenter.advice();
    if (!advice) {
        return presenter.busy() ? Words::tr("Counting…") : Words::tr("No advice");
    }
    const double gain = advice->single ? gainOf(presenter, *advice) : 0;
    if (gain < 0.0005 || advice->groups.size() < 2) {
        return advice->single
                   ? Words::tr("A TTL of %1").arg(formatSpan(seconds(advice->single->ttl)))
                   : Words::tr("A TTL for each namespace");
    }
    switch (presenter.wishes().goal) {
        case TuneGoal::staleBudget:
            break;
        case TuneGoal::originBudget:
            return Words::tr("%1 fewer stale answers").arg(formatPercent(gain));
        case TuneGoal::cost:
            return Words::tr("%1 cheaper").arg(formatPercent(gain));
    }
    return Words::tr("%1 fewer origin calls").arg(formatPercent(gain));
}

QString adviceSentence(const TunePresenter& presenter) {
    const TuneOutlook& outlook = presenter.outlook();
    if (const auto& problem = presenter.adviceProblem()) {
        if (problem->code() != ErrorCode::outOfRange) {
            return ErrorText(*problem).oneLine();
        }
        return presenter.wishes().goal == TuneGoal::originBudget
                   ? Words::tr(
                         "Even if nothing ever expired, the origin would be called more "
                         "often: each key has to be loaded once. Allow more calls.")
                   : Words::tr(
                         "Even with the shortest TTL of the chart more answers are stale. "
                         "Allow more of them, or invalidate when data change.");
    }
    const auto& advice = presenter.advice();
    if (!advice) {
        return presenter.busy()
                   ? Words::tr("How old answers get is still being counted.")
                   : Words::tr(
                         "It was stopped before it was known how old answers get. Open the "
                         "trace again to count to the end.");
    }
    const QString bound = boundText(presenter.wishes());
    const double requests = std::max(outlook.requests({}), 1.0);
    const QString does = Words::tr("hit ratio %1, %2 origin calls, %3 stale")
                             .arg(formatPercent(1 - advice->originCalls / requests),
                                  formatRate(advice->originCalls / outlook.span()),
                                  formatPercent(advice->staleHits / requests));
    if (!advice->single) {
        return Words::tr("%1: %2. No single TTL for all keys keeps that.").arg(bound, does);
    }
    if (advice->groups.size() < 2) {
        return Words::tr("%1: %2.").arg(bound, does);
    }
    return Words::tr("%1, by a TTL for each namespace instead of one of %2 for all: %3.")
        .arg(bound, formatSpan(seconds(advice->single->ttl)), does);
}

QString adviceReason(const TunePresenter& presenter) {
    const auto& advice = presenter.advice();
    const TuneGroup group = presenter.selected();
    if (!advice || !group || !advice->single || *group >= advice->groups.size()) {
        return {};
    }
    const TuneOutlook& outlook = presenter.outlook();
    const tune::GroupAdvice& own = advice->groups[*group];
    const TtlFigures advised = outlook.figures(*group, outlook.pointAt(seconds(own.choice.ttl)));
    const TtlFigures single =
        outlook.figures(*group, outlook.pointAt(seconds(advice->single->ttl)));
    const QString figures =
        Words::tr(
            "%1: %2 instead of %3 makes %4 instead of %5 of its answers stale and calls the "
            "origin %6 instead of %7.")
            .arg(groupText(outlook, *group), formatSpan(advised.ttl), formatSpan(single.ttl),
                 formatPercent(advised.staleShare()), formatPercent(single.staleShare()),
                 formatRate(advised.misses / outlook.span()),
                 formatRate(single.misses / outlook.span()));
    if (outlook.asRecorded()) {
        return figures;
    }
    const double interval = outlook.changeInterval(group);
    return figures + QLatin1Char(' ') +
           (interval > 0 ? Words::tr("Its data change every %1.").arg(formatSpan(interval))
                         : Words::tr("Its data never change."));
}

QString ownPlanSentence(const TunePresenter& presenter) {
    if (presenter.followsAdvice() || !presenter.advice()) {
        return {};
    }
    const TtlFigures own = presenter.together();
    return Words::tr("Your own TTLs: hit ratio %1, %2 origin calls, %3 stale.")
        .arg(formatPercent(own.hitRatio()), formatRate(own.misses / presenter.outlook().span()),
             formatPercent(own.staleShare()));
}

QString exactnessText(double error) {
    return error > 0 ? Words::tr("sampled ± %1").arg(formatPercent(error)) : Words::tr("exact");
}

}  // namespace cachescope::ui
