#ifndef POSTBOUNCE_DAEMON_FORWARDER_H_
#define POSTBOUNCE_DAEMON_FORWARDER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "store/reader.h"

namespace postbounce {

// Sends mail from people on through sendmail(1), in a thread of its own. What
// is to be sent stands in the store, so a stop loses nothing; a crash between
// sendmail's success and the store's knowing of it sends one mail again.
class Forwarder {
 public:
  struct Settings {
    std::string address;  // empty: nothing is sent
    std::string sendmail;
    std::string hostname;  // in the loop header
    // How long the next try waits after a failure, whatever comes in.
    std::chrono::milliseconds retry = std::chrono::minutes(1);
  };

  // `sent` is called from the forwarder's thread for each mail that sendmail
  // has taken, and again until the store knows of it; `complain` with a
  // sentence when one could not be sent. Such a mail is tried again when the
  // others have had their turn.
  Forwarder(std::unique_ptr<Reader> reader, Settings settings,
            std::function<void(MailId)> sent,
            std::function<void(const std::string&)> complain);
  // Waits for a sendmail that is running, at most half a minute.
  ~Forwarder();

  void Use(Settings settings);
  // There is a new mail to send.
  void Wake();

 private:
  void Run();
  void WaitForWork(std::unique_lock<std::mutex>* lock, bool failed,
                   std::chrono::milliseconds retry);
  // False when something is left to be tried again.
  bool SendAll(const Settings& settings);
  bool SendOne(const Settings& settings, MailId id);
  bool is_stopping();

  const std::unique_ptr<Reader> reader_;
  const std::function<void(MailId)> sent_;
  const std::function<void(const std::string&)> complain_;
  // Of the thread alone. Sent, though the store may not know it yet:
  std::set<MailId> done_;
  // Could not be sent since all were tried the last time:
  std::set<MailId> failed_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  Settings settings_;
  bool pending_ = true;   // what the last run of the daemon left
  bool renewed_ = false;  // by Use()
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_FORWARDER_H_
