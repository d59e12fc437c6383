// Where the bytes of an answer's body go as they come.
#pragma once

#include "client/http/answer.hpp"

#include <string>
#include <string_view>

namespace treecast::client {

class BodySink {
public:
    /// A head has come. Returns whether the sink takes the body; else it is kept as the text of a
    /// problem. Called once for each answer that has a body, and for each 200.
    virtual bool begin(const Answer& head) = 0;
    /// The next bytes. Returns why they cannot be stored, which ends the transfer; empty if stored.
    virtual std::string write(std::string_view bytes) = 0;
    /// No more bytes will come. The sink adds to `answer` what it knows of the body.
    virtual void end(Answer& answer) = 0;

protected:
    ~BodySink() = default;
};

}  // namespace treecast::client
