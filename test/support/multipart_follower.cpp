#include "test/support/multipart_follower.hpp"

namespace treecast::test {

bool MultipartFollower::ask(const std::string& parameters) {
    const auto response = requests_.ask(parameters, cursor_, {{"Accept", "multipart/mixed"}});
    if (!response)
        return false;
    const MultipartAnswer answer = MultipartAnswer::read(*response);
    if (answer.reset() && !answer.same())
        files_.clear();
    else if (cursor_.empty())
        throw WrongAnswer("no reset without a cursor");
    for (const FilePart& file : answer.files)
        if (file.field("Treecast-Event") == "delete")
            files_.erase(file.path);
        else
            files_[file.path] = file;
    cursor_ = answer.cursor();
    has_more_ = answer.more();
    return !answer.files.empty();
}

}  // namespace treecast::test
