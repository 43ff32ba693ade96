// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Looks to the linker like code that uses Qt, on a machine that has no Qt.
class QString {
public:
    int size() const;
};

int sizeOf(const QString& text);
int sizeOf(const QString& text) {
    return text.size();
}
