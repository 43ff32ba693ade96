// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/redis/name_lookup.h"
#include "engine/redis/tls_context.h"
#include "engine/redis/tls_refusal.h"

namespace cachescope {

namespace {

constexpr std::size_t kChunk = std::size_t{32} * 1024;
constexpr std::size_t kQuotedBytes = 80;

std::string listOfNames(const X509& certificate) {
    std::string all;
    for (const std::string& name : TlsCertificate::of(certificate).names) {
        all += all.empty() ? name : ", " + name;
    }
    return all;
}

TlsRefusal refusalFor(int reason, const X509* certificate, const X509* leaf) {
    const TlsCertificate bad = certificate ? TlsCertificate::of(*certificate) : TlsCertificate{};
    switch (reason) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return {TlsRefusal::Why::expired, bad.validTo};
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return {TlsRefusal::Why::notYetValid, bad.validFrom};
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return {TlsRefusal::Why::wrongName, leaf ? listOfNames(*leaf) : std::string{}};
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return {TlsRefusal::Why::unknownAuthority, bad.issuer};
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return {TlsRefusal::Why::unknownAuthority, bad.subject};
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return {TlsRefusal::Why::selfSigned, bad.subject};
        default:
            return {TlsRefusal::Why::other, X509_verify_cert_error_string(reason)};
    }
}

// What the other side says when it is about the certificate that we did or did not show.
bool isAboutOurCertificate(int reason, bool wantedOne) {
    switch (reason) {
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
            return true;
        // How TLS 1.2 says that one is required, and what comes of an authority of the same name.
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
            return wantedOne;
        default:
            return false;
    }
}

// The types of a record: change of the cipher, alert, handshake, data.
bool isTls(std::string_view heard) {
    return heard.size() < 2 ? heard.empty() || (heard[0] >= 20 && heard[0] <= 23)
                            : heard[0] >= 20 && heard[0] <= 23 && heard[1] == 3;
}

}  // namespace

// The bytes of the stream below as OpenSSL takes them. A failure there is kept here and not shown
// to OpenSSL, which would end the whole session for it: what the server said before can be read
// still when it takes nothing more.
struct TlsStream::Wire {
    std::unique_ptr<ByteStream> below;
    std::vector<char> in = std::vector<char>(kChunk);
    std::size_t begin = 0;  // of what is in `in` and was not taken yet
    std::size_t end = 0;
    std::string heard;
    std::optional<Error> readFailure;
    std::optional<Error> writeFailure;

    static int read(BIO* bio, char* into, int size) noexcept {
        BIO_clear_retry_flags(bio);
        Wire& wire = of(bio);
        if (wire.begin == wire.end && !wire.fill()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const auto count = std::min(static_cast<std::size_t>(size), wire.end - wire.begin);
        std::memcpy(into, wire.in.data() + wire.begin, count);
        wire.begin += count;
        return static_cast<int>(count);
    }

    static int write(BIO* bio, const char* bytes, int size) noexcept {
        BIO_clear_retry_flags(bio);
        Wire& wire = of(bio);
        if (!wire.writeFailure) {
            const auto count = wire.below->writeSome({bytes, static_cast<std::size_t>(size)});
            if (count && *count > 0) {
                return static_cast<int>(*count);
            }
            if (!count) {
                wire.writeFailure = count.error();
            }
        }
        BIO_set_retry_write(bio);
        return -1;
    }

    static long control(BIO*, int command, long, void*) noexcept {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static BIO* makeBio(Wire& wire) {
        static BIO_METHOD* const method = [] {
            BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
            if (made != nullptr) {
                BIO_meth_set_read(made, read);
                BIO_meth_set_write(made, write);
                BIO_meth_set_ctrl(made, control);
            }
            return made;
        }();
        BIO* bio = method == nullptr ? nullptr : BIO_new(method);
        if (bio != nullptr) {
            BIO_set_data(bio, &wire);
            BIO_set_init(bio, 1);
        }
        return bio;
    }

private:
    static Wire& of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

    bool fill() {
        if (readFailure) {
            return false;
        }
        const auto count = below->readSome(in);
        if (!count) {
            readFailure = count.error();
            return false;
        }
        begin = 0;
        end = *count;
        if (heard.size() < kQuotedBytes) {
            heard.append(in.data(), std::min(end, kQuotedBytes - heard.size()));
        }
        return end > 0;
    }
};

class TlsStream::Session {
public:
    Session(std::unique_ptr<ByteStream> below, std::shared_ptr<const TlsContext> context)
        : m_context(std::move(context)) {
        m_wire.below = std::move(below);
    }

    ~Session() {
        if (m_ssl != nullptr && m_ready && !m_readFailure && !m_writeFailure) {
            // Tells the other side that this is the end, if there is room; does not wait for it.
            ERR_clear_error();
            (void)SSL_shutdown(m_ssl.get());
            ERR_clear_error();
        }
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    bool prepare(const TlsOptions& options, const std::string& host) {
        m_ssl.reset(SSL_new(m_context->native()));
        BIO* bio = m_ssl == nullptr ? nullptr : Wire::makeBio(m_wire);
        if (bio == nullptr) {
            return false;
        }
        SSL_set_bio(m_ssl.get(), bio, bio);
        SSL_set_connect_state(m_ssl.get());
        SSL_set_app_data(m_ssl.get(), this);
        SSL_set_verify(m_ssl.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                       options.verify ? noteRefusal : nullptr);
        SSL_set_cert_cb(m_ssl.get(), noteDemand, this);
        const std::string& name = options.serverName.empty() ? host : options.serverName;
        if (isNumericHost(name)) {
            return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(m_ssl.get()), name.c_str()) == 1;
        }
        SSL_set_hostflags(m_ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        return SSL_set1_host(m_ssl.get(), name.c_str()) == 1 &&
               SSL_set_tlsext_host_name(m_ssl.get(), name.c_str()) == 1;
    }

    Result<void> handshake(TimePoint deadline, const Clock& clock, const ByteStream& self) {
        for (;;) {
            ERR_clear_error();
            const int result = SSL_do_handshake(m_ssl.get());
            if (result == 1) {
                m_ready = true;
                return {};
            }
            const int want = SSL_get_error(m_ssl.get(), result);
            if (auto failure = failureOf(want)) {
                m_readFailure = failure;
                return *failure;
            }
            if (m_wire.readFailure || (want == SSL_ERROR_WANT_WRITE && m_wire.writeFailure)) {
                return m_wire.readFailure ? *m_wire.readFailure : *m_wire.writeFailure;
            }
            m_readWantsWrite = want == SSL_ERROR_WANT_WRITE;
            if (auto waited = waitFor(self, true, false, deadline, clock); !waited) {
                return waited;
            }
        }
    }

    Result<std::size_t> write(std::string_view bytes) {
        std::size_t done = 0;
        while (done < bytes.size() && !m_writeFailure) {
            ERR_clear_error();
            std::size_t count = 0;
            const int result =
                SSL_write_ex(m_ssl.get(), bytes.data() + done, bytes.size() - done, &count);
            if (result == 1) {
                done += count;
                continue;
            }
            const int want = SSL_get_error(m_ssl.get(), result);
            m_writeFailure = failureOf(want);
            if (!m_writeFailure) {
                m_writeFailure = m_wire.writeFailure;
                m_writeWantsRead = want == SSL_ERROR_WANT_READ;
                break;
            }
        }
        if (done == 0 && m_writeFailure) {
            return *m_writeFailure;
        }
        return done;
    }

    Result<std::size_t> read(std::span<char> into) {
        std::size_t done = 0;
        m_readWantsWrite = false;
        while (done < into.size() && !m_readFailure) {
            ERR_clear_error();
            std::size_t count = 0;
            const int result =
                SSL_read_ex(m_ssl.get(), into.data() + done, into.size() - done, &count);
            if (result == 1) {
                done += count;
                continue;
            }
            const int want = SSL_get_error(m_ssl.get(), result);
            m_readFailure = failureOf(want);
            if (!m_readFailure) {
                m_readFailure = m_wire.readFailure;
                m_readWantsWrite = want == SSL_ERROR_WANT_WRITE;
                break;
            }
        }
        if (done == 0 && m_readFailure) {
            return *m_readFailure;
        }
        return done;
    }

    // A failure that was met behind the last bytes has to be handed out too, and wakes nobody.
    bool hasBuffered() const noexcept {
        return m_readFailure || SSL_pending(m_ssl.get()) > 0 ||
               (m_wire.begin < m_wire.end && !m_readWantsWrite);
    }

    short pollEvents(bool toRead, bool toWrite) const noexcept {
        const int reading = m_readWantsWrite ? POLLOUT : POLLIN;
        const int writing = m_writeWantsRead ? POLLIN : POLLOUT;
        return static_cast<short>((toRead ? reading : 0) | (toWrite ? writing : 0));
    }

    Wire& wire() noexcept { return m_wire; }
    const Wire& wire() const noexcept { return m_wire; }
    SSL* ssl() const noexcept { return m_ssl.get(); }
    bool isReady() const noexcept { return m_ready; }

private:
    struct FreeSsl {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };

    // Called for each fault of the server's certificates; the first one ends the handshake.
    static int noteRefusal(int fine, X509_STORE_CTX* check) noexcept {
        if (fine == 1) {
            return 1;
        }
        const auto* ssl = static_cast<const SSL*>(
            X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
        auto* session = static_cast<Session*>(SSL_get_app_data(ssl));
        try {
            session->m_refusal =
                refusalFor(X509_STORE_CTX_get_error(check), X509_STORE_CTX_get_current_cert(check),
                           X509_STORE_CTX_get0_cert(check));
        } catch (const std::bad_alloc&) {
            session->m_refusal.reset();
        }
        return 0;
    }

    // Called when the server wants to see a certificate of ours.
    static int noteDemand(SSL*, void* session) noexcept {
        static_cast<Session*>(session)->m_wasAsked = true;
        return 1;
    }

    // What ended the session; nothing where it only has to wait.
    std::optional<Error> failureOf(int want) {
        switch (want) {
            case SSL_ERROR_WANT_READ:
            case SSL_ERROR_WANT_WRITE:
                return std::nullopt;
            case SSL_ERROR_ZERO_RETURN:
                return Error{ErrorCode::disconnected, {}, "the other side closed the connection"};
            default:
                return explain(ERR_peek_error());
        }
    }

    Error explain(unsigned long number) const {
        if (m_refusal) {
            return m_refusal->toError();
        }
        const int reason = ERR_GET_REASON(number);
        const char* known = ERR_reason_error_string(number);
        const std::string text = known != nullptr ? known : "TLS failed";
        if (!m_ready && !isTls(m_wire.heard)) {
            const std::string_view said = m_wire.heard;
            const auto line = said.substr(0, said.find_first_of(std::string_view{"\r\n\0", 3}));
            return Error{
                ErrorCode::notThisProtocol,
                {},
                std::string{kSpeaksNoTls} + (line.empty() ? "" : ": ") + std::string{line}};
        }
        if (isAboutOurCertificate(reason, m_wasAsked)) {
            return TlsRefusal{TlsRefusal::Why::clientCertificate, text}.toError();
        }
        switch (reason) {
            case SSL_R_UNSUPPORTED_PROTOCOL:
            case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
                return Error{ErrorCode::unsupported, {}, "TLS before 1.2"};
            default:
                return Error{ErrorCode::serverError, {}, "TLS: " + text};
        }
    }

    Wire m_wire;
    std::shared_ptr<const TlsContext> m_context;
    std::unique_ptr<SSL, FreeSsl> m_ssl;  // after the wire: uses it until it ends
    bool m_ready = false;
    bool m_wasAsked = false;
    bool m_readWantsWrite = false;
    bool m_writeWantsRead = false;
    std::optional<TlsRefusal> m_refusal;
    std::optional<Error> m_readFailure;
    std::optional<Error> m_writeFailure;
};

TlsStream::TlsStream(std::unique_ptr<Session> session) : m_session(std::move(session)) {}

TlsStream::~TlsStream() = default;

Result<std::unique_ptr<TlsStream>> TlsStream::over(std::unique_ptr<ByteStream> below,
                                                   const TlsOptions& options,
                                                   const std::string& host) {
    auto context = TlsContext::of(options);
    if (!context) {
        return context.error();
    }
    auto session = std::make_unique<Session>(std::move(below), std::move(*context));
    if (!session->prepare(options, host)) {
        ERR_clear_error();
        return Error{ErrorCode::io, {}, "TLS cannot be set up"};
    }
    return std::unique_ptr<TlsStream>{new TlsStream(std::move(session))};
}

Result<void> TlsStream::handshake(TimePoint deadline, const Clock& clock) {
    return m_session->handshake(deadline, clock, *this);
}

const std::string& TlsStream::heard() const noexcept {
    return m_session->wire().heard;
}

std::string TlsStream::version() const {
    return SSL_get_version(m_session->ssl());
}

std::string TlsStream::cipher() const {
    return SSL_get_cipher_name(m_session->ssl());
}

std::optional<TlsCertificate> TlsStream::certificate() const {
    const X509* shown =
        m_session->isReady() ? SSL_get0_peer_certificate(m_session->ssl()) : nullptr;
    return shown == nullptr ? std::nullopt : std::optional{TlsCertificate::of(*shown)};
}

Result<std::size_t> TlsStream::writeSome(std::string_view bytes) {
    return m_session->write(bytes);
}

Result<std::size_t> TlsStream::readSome(std::span<char> into) {
    return m_session->read(into);
}

short TlsStream::pollEvents(bool toRead, bool toWrite) const noexcept {
    return m_session->pollEvents(toRead, toWrite);
}

bool TlsStream::hasBuffered() const noexcept {
    return m_session->hasBuffered();
}

int TlsStream::descriptor() const noexcept {
    return m_session->wire().below->descriptor();
}

void TlsStream::hangUp() noexcept {
    m_session->wire().below->hangUp();
}

}  // namespace cachescope
