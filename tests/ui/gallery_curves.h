// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

/// Curves over TTLs and a map of TTL times capacity, with made-up data.
QWidget* galleryCurves();
