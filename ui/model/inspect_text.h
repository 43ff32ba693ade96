// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "engine/inspect/expiry_forecast.h"
#include "engine/inspect/live_monitor.h"
#include "engine/inspect/ttl_lint.h"
#include "ui/model/inspect_presenter.h"

namespace cachescope::ui {

/// The sentences of the page Inspect. Texts may hold words from outside: show them as plain text.
/// Pure; GUI thread.

/// "Redis 7.0.15 · 3 primaries · TLS".
QString serverText(const inspect::InspectLink& link);
/// "answers", "login refused", "no answer"; nothing while disconnected.
QString connectionText(const InspectPresenter& presenter);
/// Whether the same attempt may succeed later, with nothing of the connection corrected.
bool mendsByItself(const Error& failure);
/// "our cost: 12,204 commands · 0.6 % of server time · 10,000 look-ups added, left out", and after
/// that the shorter wordings for where there is less room. Empty while disconnected.
QStringList costTexts(InspectPresenter& presenter);
/// The same at length, for a tooltip.
QString costDetail(InspectPresenter& presenter);
/// What inspecting promises, for the connection dialog and the empty page: one sentence a line.
QStringList inspectPromise();

/// "exact, walked 2 min ago", "estimated from 10,000 keys, 40 s ago", "before the restart".
QString keyspaceBadge(const KeyspacePresenter& keyspace);
/// "34 % · 340,000 keys · 2 min left, slowed down".
QString walkText(const inspect::WalkProgress& walk);
/// "10,412 product: keys fall due within one minute" and "in 1 h 12 min to 1 h 13 min · usually
/// 3,900 · with ±10 % jitter 1,100".
QString stormTitle(const inspect::ForecastWindow& window, const inspect::ExpiryStorm& storm);
QString stormDetail(const inspect::ForecastWindow& window, const inspect::ExpiryStorm& storm,
                    double calmedTo, std::int64_t now);
/// Below the forecast: "4,102 without TTL · 31 due later · 1,204 dead and still there".
/// An estimate has its sign.
QString duesText(const inspect::ForecastWindow& window, bool bytes, bool exact,
                 double deadButResident);

/// "product: 412 of 12,000 keys have no TTL", and what that means and what to do.
QString findingTitle(const inspect::TtlFinding& finding);
QString findingDetail(const inspect::TtlFinding& finding);

/// What is left out because the server's user lacks these rules, and how to grant them; empty where
/// none is missing.
QString missingText(const InspectPresenter& presenter);

QString markText(const inspect::LiveMark& mark);

/// A namespace as it is written: with its separator, or in words where there is none.
QString namespaceText(const std::string& name);

}  // namespace cachescope::ui
