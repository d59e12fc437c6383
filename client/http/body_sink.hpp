// Receives the bytes of an answer's body as they arrive.
#pragma once

#include "client/http/answer.hpp"

#include <string>
#include <string_view>

namespace treecast::client {

class BodySink {
public:
    /// Called when a head has arrived, once for each answer that has a body and for each 200.
    /// Returns whether the sink accepts the body. If not, that of a 200 is dropped, and any other
    /// is kept as the text of a problem.
    virtual bool begin(const Answer& head) = 0;
    /// Stores the next bytes. Returns an empty string, or why they cannot be stored, which ends the
    /// transfer.
    virtual std::string write(std::string_view bytes) = 0;
    /// Called after the last byte. The sink sets the fields of `answer` that describe the body.
    virtual void end(Answer& answer) = 0;

protected:
    ~BodySink() = default;
};

}  // namespace treecast::client
