// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "tests/support/temporary_directory.h"

namespace cachescope::test {

/// An authority of a test's own, and certificates that it signs, as PEM files that end with it.
///
/// One thread. A failure to make one throws std::runtime_error.
class TestCertificates {
public:
    /// What is to be in a certificate. Days count from now; negative ones are past.
    struct Wish {
        std::string name = "server";
        std::string hosts = "DNS:localhost,IP:127.0.0.1,IP:::1";  ///< as OpenSSL writes them
        int fromDay = -1;
        int toDay = 2;
        bool selfSigned = false;
        std::string password{};  ///< that locks the key
    };
    struct Pair {
        std::string certificate;  ///< paths
        std::string key;
    };

    TestCertificates();
    ~TestCertificates();
    TestCertificates(const TestCertificates&) = delete;
    TestCertificates& operator=(const TestCertificates&) = delete;

    const std::string& authority() const { return m_authority; }
    Pair make(const Wish& wish);
    Pair make() { return make(Wish{}); }
    /// A file with these contents.
    std::string write(const std::string& name, const std::string& contents) const;

private:
    struct Keys;

    TemporaryDirectory m_directory;
    std::string m_authority;
    std::unique_ptr<Keys> m_keys;
    int m_made = 0;
};

}  // namespace cachescope::test
