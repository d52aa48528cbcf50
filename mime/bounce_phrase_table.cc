#include "mime/bounce_phrase_table.h"

namespace postbounce {
namespace {

// Words of formats and languages, not of single mails. A phrase is as short as
// it can be without meaning something else.
constexpr PhraseRow kRows[] = {
    {PhraseKind::kFailure, "en",
     "has been returned to you|is being returned|"
     "message not delivered|failed recipient|was undeliverable|was aborted|"
     "encountered delivery problem|was automatically rejected|"
     "did not receive a copy|did not receive your message|undeliverable "
     "address|"
     "failure notice|failed to deliver|could not be delivered|couldn't be "
     "delivered|"
     "cannot be delivered|"
     "can't be delivered|could not deliver|can not deliver|cannot deliver|"
     "couldn't deliver|was not delivered|wasn't delivered|"
     "were not delivered|not been delivered|has been rejected|"
     "was rejected by|were rejected by|that you sent was rejected|"
     "unable to deliver|able to deliver your message|"
     "able to deliver the following|trouble delivering|problem delivering|"
     "error delivering|error while trying to deliver|"
     "error occurred while trying to deliver|"
     "error has occurred while attempting to deliver|"
     "error while attempting to deliver|"
     "error was detected while processing|encountered an error|"
     "delivery failure|delivery failed|delivery has failed|delivery error|"
     "delivery problem|had delivery problem|non-delivery|non delivery|"
     "nondelivery|not deliverable|undeliverable|undelivered|"
     "failed permanently|has been failed|following recipient failed|"
     "following recipients failed|following address failed|"
     "following addresses failed|following address(es) failed|"
     "failed addresses follow|failed because|failed for the following|"
     "permanent fatal error|transient non-fatal error|"
     "permanent delivery error|had delivery errors|permanent error|"
     "permanent failure|failure reasons|did not reach|"
     "could not be reached|couldn't be reached|could not be sent|"
     "couldn't be sent|cannot be sent|incorrectly constructed|"
     "duplicated message-id in|"
     "error: invalid user|error-for:|returned mail|has been returned because"},
    {PhraseKind::kFailure, "de",
     "nicht zugestellt|unzustellbar|nicht zustellbar|wurde nicht an|"
     "zustellung fehlgeschlagen|fehler bei der übermittlung|"
     "fehler bei der zustellung|konnte nicht gesendet werden"},
    {PhraseKind::kFailure, "fr",
     "n'a pas pu être|n’a pas pu être|n'a pas pu etre|n'ont pas pu être|"
     "non remis|non distribu|échec de la remise|la remise a échoué|"
     "impossible de remettre|impossible de distribuer|"
     "n'a pas été distribué|n'a pas été remis|n’a pas été distribué|"
     "n’a pas été remis"},
    {PhraseKind::kFailure, "es",
     "no se pudo entregar|no se puede entregar|no se ha podido entregar|"
     "no se ha entregado|no pudo ser entregado|no ha podido ser entregado|"
     "no entregado|error al entregar|error de entrega"},
    {PhraseKind::kFailure, "it",
     "recapitare|mancato recapito|non recapitabile|non recapitato|"
     "non è stato recapitato"},
    {PhraseKind::kFailure, "pt",
     "não pôde ser|não pode ser entregue|nao pode ser|não foi entregue|"
     "não foi possível entregar|não entregue|falha na entrega"},
    {PhraseKind::kFailure, "nl",
     "niet worden afgeleverd|niet worden bezorgd|niet afgeleverd|"
     "niet bezorgd|onbestelbaar"},
    {PhraseKind::kFailure, "sv",
     "inte levereras|levererades inte|inte att leverera|olevererbar|gick inte "
     "att skicka"},
    {PhraseKind::kFailure, "da, no",
     "ikke leveres|ikke leveret|ikke levert|kunne ikke afleveres|ikke kunne "
     "leveres"},
    {PhraseKind::kFailure, "cs",
     "nelze doručit|nebylo možné doručit|nepodařilo doručit|"
     "nepodařilo se doručit|nebyla doručena|nemohla být doručena|"
     "nedoručiteln"},
    {PhraseKind::kFailure, "pl",
     "nie można dostarczyć|nie udało się dostarczyć|"
     "nie została dostarczona|nie mogła zostać dostarczona|niedostarczaln"},
    {PhraseKind::kFailure, "ru",
     "не может быть доставлен|не могло быть доставлен|не было доставлен|"
     "не доставлен|недоставлен|не удалось доставить|невозможно доставить|"
     "отправка по следующим адресам не удалась"},
    {PhraseKind::kFailure, "ja",
     "配信できません|配送できません|送信できません|送達できません|"
     "届けることができません|お届けできません|配信に失敗|送信に失敗|"
     "配信不能|配信されません|送信されませんでした"},
    {PhraseKind::kFailure, "zh",
     "无法投递|无法送达|无法传递|无法传送|无法发送到|未能送达|投递失败|"
     "未能发送|未能投递|退信|無法傳遞|無法投遞|無法送達|傳送失敗"},
    {PhraseKind::kFailure, "ko",
     "전달할 수 없|전달하지 못|전송할 수 없|전송하지 못|배달할 수 없|"
     "배달하지 못|배달되지 못|전송되지 않|배달되지 않|전달되지 않|"
     "발송되지|반송"},
    {PhraseKind::kReason, "en",
     "transcript of session follows|unknown user|user unknown|no such "
     "user|user not found|"
     "not a valid user|not a valid address|did not exactly match|"
     "invalid final delivery userid|"
     "mailbox is full|mailbox exceeds|over quota|quota violation|mail loop|"
     "no mailbox here by that name|invalid receiver address|"
     "not accepting mail from|invalid address|not listed in|"
     "does not exist|is unavailable:|could not be resolved|"
     "blocked for policy reasons|address rejected|no such address|"
     "could not be completed"},
    {PhraseKind::kDelay, "en",
     "has been delayed|have been delayed|is delayed for more than|"
     "has not yet been delivered|have not yet been delivered|"
     "not been delivered yet|will be retried|will continue to try|"
     "will continue to be attempted|will keep trying|still being retried|"
     "delivery attempts will continue|this is a warning message only|"
     "this is a warning only|do not need to resend|do not need to re-send|"
     "temporary failure report|transient non-fatal error|"
     "warning: message still undelivered|could not send message for past|"
     "could not send mail for past|has been postponed|advisory-only e|"
     "will try again|not a permanent"},
    {PhraseKind::kDelay, "others",
     "noch nicht zugestellt|weitere zustellversuch|weitere versuche|"
     "wird weiter versucht|verzögert|pas encore été|n'a pas encore|"
     "nouvelles tentatives|a été retardé|todavía no se ha|aún no se ha|"
     "se ha retrasado|non è ancora stato|ulteriori tentativi|"
     "ainda não foi|novas tentativas|nog niet bezorgd|nog niet afgeleverd|"
     "nog niet worden|vertraagd|ännu inte|endnu ikke|forsinket|försenat|"
     "dosud nebyl|ještě nebyl|zpožděn|jeszcze nie|opóźnion|ещё не|еще не|"
     "задержан|まだ配信|まだ配送|遅延し|再送を試|尚未送达|延迟|尚未傳遞|"
     "아직 배달|지연되"},
    {PhraseKind::kReturned, "en",
     "your message reads|original message is attached|message headers:|"
     "original message attached|here is your returned mail|returned mail ---|"
     "this is a copy of the message|this is a copy of your message|"
     "is a copy of the message|is a copy of the original message|"
     "a copy of the original message below|"
     "copy of the first part of the message|included is a copy|"
     "header of the original message|header of the source mail|"
     "headers of the original message|original message headers:|"
     "message headers follow|message header follows|message text follows|"
     "original message follows|original message as received|"
     "original mail as follows|--- original message|---original message|"
     "---original mail|unsent message follows|unsent message below|"
     "returned message follows|returned mail follows|returned message ---|"
     "start of returned message|below this line is a copy|"
     "below the next line is a copy|old message:"},
    {PhraseKind::kReturned, "others",
     "wrote:|schrieb:|a écrit :|a écrit:|escribió:|ha scritto:|escreveu:|"
     "schreef:|skrev:|napsal:|napsal(a):|napisał:|napisał(a):|пишет:|"
     "написал:|mensaje original adjunto|mensaje original --|"
     "ursprüngliche nachricht --|ursprünglichen nachricht|"
     "message d'origine --|en-têtes du message d'origine|"
     "en-têtes de message d'origine|encabezados originales del mensaje|"
     "intestazioni originali del messaggio|originele berichtkoppen|"
     "oryginałny nagłówek|原邮件|原信件|原始邮件|元のメッセージ|"
     "копия письма"},
    {PhraseKind::kTranscript, "en",
     "transcript of session follows|transcript of the session|"
     "smtp session transcript|session transcript follows"},
    {PhraseKind::kAside, "en",
     "for further assistance|for assistance|please contact|contact your|"
     "contact the|please forward|forward this message to|"
     "please send mail to|send mail to <postmaster|"
     "if you have any question|if you have questions|questions?|"
     "if problems persist|write to:|support:|ask your admin|"
     "mail system administrator|if you feel|if you believe|if you think|"
     "if you require|if you sent the email|if you do so|"
     "no action is required|report this problem|"
     "this condition occurred after|the attachment contains|"
     "please note that|you do not need to re|"
     "for more tips|message details:|this has been a permanent failure|"
     "below is a copy"},
    {PhraseKind::kAside, "others",
     "bei fragen|wenden sie sich|kontaktieren sie|fragen sie|"
     "pour plus d'information|veuillez contacter|contactez|"
     "póngase en contacto|contacte con|para más información|"
     "per ulteriori informazioni|contattare|entre em contato|"
     "entre em contacto|neem contact op|kontakta|kontakte|kontaktujte|"
     "skontaktuj|обратитесь|обращайтесь|свяжитесь|お問い合わせ|请联系|請聯絡|"
     "문의"},
    {PhraseKind::kSubject, "en",
     "undeliver|undelivered|delivery fail|delivery has failed|"
     "delivery status|delivery error|delivery problem|delivery delayed|"
     "failure notice|failure delivery|failed mail|mail failed|"
     "mail failure|mail error|mail system error|failed delivery|"
     "returned mail|return mail|returned to sender|returning message|"
     "message delivery has failed|mail could not be delivered|"
     "could not be delivered|mail not delivered|not delivered|"
     "delayed mail|non-delivery|nondeliver|warning: message|"
     "warning--could not|could not send|message status|"
     "error sending your mail|user unknown|processing error|"
     "smtp server: errors from|loop alert|bounce"},
    {PhraseKind::kSubject, "others",
     "unzustellbar|nicht zugestellt|nicht zustellbar|non remis|"
     "non distribu|no se puede entregar|no se pudo entregar|no entregado|"
     "non recapit|mancato recapito|não entregue|falha na entrega|"
     "onbestelbaar|niet bezorgd|niet afgeleverd|olevererbar|ikke leveret|"
     "kunne ikke leveres|nedoručiteln|niedostarczaln|не доставлен|"
     "недоставлен|配信不能|配信エラー|送信エラー|エラーメール|退信|"
     "投递失败|无法投递|無法傳遞|반송|배달되지 않음"},
};

}  // namespace

std::span<const PhraseRow> PhraseRows() { return kRows; }

}  // namespace postbounce
