// Decides in which coding a content is sent now, and whether a coding is made and waited for. Pure.
//
// The function is called again when the making has ended, and when the time for it is over.
#pragma once

#include "proxy/coding.hpp"
#include "proxy/http/accept_encoding.hpp"
#include "proxy/source/codings.hpp"

#include <cstdint>

namespace treecast::proxy {

/// Contents from this size on are coded for the first who take a coding, and waited for.
inline constexpr std::uint64_t coded_at_once_bytes_min = std::uint64_t{64} * 1024;
/// Smaller contents are never coded: with their head they fit into one packet anyway.
inline constexpr std::uint64_t coded_bytes_min = 1024;

struct CodingQuestion {
    AcceptedCodings accepted;
    std::uint64_t size = 0;
    bool is_pushed = false;  // the answer to a held request whose file has changed
    bool was_asked = false;  // somebody who takes a coding was sent this version before
    bool may_wait = true;    // the time for waiting is not over, and it can be made
    bool may_code = true;    // see varies_by_coding(); and codings have not turned out useless
    CodingState gzip = CodingState::unknown;
    CodingState zstd = CodingState::unknown;

    CodingState state_of(Coding coding) const noexcept {
        return coding == Coding::gzip ? gzip : zstd;
    }
};

enum class CodingAction : std::uint8_t {
    send,    // in this coding
    wait,    // until this coding is made
    begin,   // have it made, then wait
    refuse,  // the client takes neither what there is nor the identity
};

struct CodingDecision {
    CodingAction action = CodingAction::send;
    Coding coding = Coding::identity;

    friend bool operator==(const CodingDecision&, const CodingDecision&) = default;
};

CodingDecision decide_coding(const CodingQuestion& question) noexcept;

/// Whether the content may ever be sent in a coding: then its answers vary by Accept-Encoding.
constexpr bool varies_by_coding(std::uint64_t size, bool is_type_coded) noexcept {
    return is_type_coded && size >= coded_bytes_min;
}

}  // namespace treecast::proxy
