#include "daemon/cli/send_files.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "daemon/import_request.h"

namespace postbounce {

Result<void> SendFiles(int socket, const std::vector<OpenFile>& files) {
  for (const OpenFile& file : files) {
    std::string name = file.name.substr(0, ImportRequest::kName);
    iovec buffer{name.data(), name.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &buffer;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = file.fd.get();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    ssize_t sent = -1;
    do {
      sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent != static_cast<ssize_t>(name.size())) {
      return Error(ErrorCode::kUnavailable,
                   "cannot hand " + file.name +
                       " over to the daemon: " + std::strerror(errno));
    }
  }
  return {};
}

}  // namespace postbounce
