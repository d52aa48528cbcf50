// Bounces in the languages of the large providers and of Exchange: who failed,
// and why.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/judgement.h"
#include "daemon/runtime.h"

namespace postbounce {
namespace {

struct Case {
  std::string_view name;
  std::string_view subject;
  std::string_view text;
  std::string_view reason;
};

constexpr Case kCases[] = {
    {"de-exch", "Unzustellbar: Angebot",
     "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder "
     "Gruppen:\n"
     "\n"
     "joe@example.org\n"
     "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden. Überprüfen "
     "Sie die E-Mail-Adresse des Empfängers.\n",
     "no-such-user"},
    {"de-gmail", "Delivery Status Notification (Failure)",
     "Adresse nicht gefunden\n"
     "\n"
     "Ihre Nachricht wurde nicht an joe@example.org zugestellt, weil die "
     "Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.\n",
     "no-such-user"},
    {"de-full", "Unzustellbar: Angebot",
     "Ihre Nachricht konnte nicht zugestellt werden:\n"
     "\n"
     "joe@example.org\n"
     "Das Postfach des Empfängers ist voll und kann zurzeit keine Nachrichten "
     "annehmen.\n",
     "mailbox-full"},
    {"fr-exch", "Non remis : Offre",
     "Échec de la remise pour ces destinataires ou groupes :\n"
     "\n"
     "joe@example.org\n"
     "L'adresse de messagerie que vous avez entrée est introuvable. Vérifiez "
     "l'adresse de messagerie du destinataire.\n",
     "no-such-user"},
    {"fr-gmail", "Delivery Status Notification (Failure)",
     "Adresse introuvable\n"
     "\n"
     "Votre message n'a pas été distribué à joe@example.org, car l'adresse n'a "
     "pas été trouvée ou ne peut pas recevoir de messages.\n",
     "no-such-user"},
    {"fr-full", "Non remis : Offre",
     "Votre message n'a pas pu être remis :\n"
     "\n"
     "joe@example.org\n"
     "La boîte aux lettres du destinataire est pleine.\n",
     "mailbox-full"},
    {"es-exch", "No se puede entregar: Oferta",
     "Error de entrega a estos destinatarios o grupos:\n"
     "\n"
     "joe@example.org\n"
     "No se encontró la dirección de correo electrónico que ha especificado.\n",
     "no-such-user"},
    {"es-gmail", "Delivery Status Notification (Failure)",
     "No se ha encontrado la dirección\n"
     "\n"
     "Tu mensaje no se ha entregado a joe@example.org porque no se ha "
     "encontrado la dirección o esta no puede recibir correo.\n",
     "no-such-user"},
    {"es-full", "No se puede entregar: Oferta",
     "No se pudo entregar el mensaje a:\n"
     "\n"
     "joe@example.org\n"
     "El buzón del destinatario está lleno y no puede aceptar mensajes.\n",
     "mailbox-full"},
    {"it-exch", "Non recapitabile: Offerta",
     "Impossibile recapitare il messaggio ai destinatari o ai gruppi "
     "seguenti:\n"
     "\n"
     "joe@example.org\n"
     "Impossibile trovare l'indirizzo di posta elettronica immesso.\n",
     "no-such-user"},
    {"it-gmail", "Delivery Status Notification (Failure)",
     "Indirizzo non trovato\n"
     "\n"
     "Il tuo messaggio non è stato recapitato a joe@example.org perché "
     "l'indirizzo non è stato trovato o non può ricevere messaggi.\n",
     "no-such-user"},
    {"it-full", "Non recapitabile: Offerta",
     "Impossibile recapitare il messaggio:\n"
     "\n"
     "joe@example.org\n"
     "La cassetta postale del destinatario è piena.\n",
     "mailbox-full"},
    {"pt-exch", "Não é possível entregar: Oferta",
     "Falha na entrega a estes destinatários ou grupos:\n"
     "\n"
     "joe@example.org\n"
     "O endereço de email inserido não pôde ser encontrado.\n",
     "no-such-user"},
    {"pt-gmail", "Delivery Status Notification (Failure)",
     "Endereço não encontrado\n"
     "\n"
     "Sua mensagem não foi entregue para joe@example.org porque o endereço não "
     "foi encontrado ou não pode receber e-mails.\n",
     "no-such-user"},
    {"pt-full", "Não entregue: Oferta",
     "Sua mensagem não pôde ser entregue:\n"
     "\n"
     "joe@example.org\n"
     "A caixa de correio do destinatário está cheia.\n",
     "mailbox-full"},
    {"nl-exch", "Onbestelbaar: Aanbod",
     "Bezorging bij de volgende geadresseerden of groepen is mislukt:\n"
     "\n"
     "joe@example.org\n"
     "Het e-mailadres dat u hebt ingevoerd, is niet gevonden.\n",
     "no-such-user"},
    {"nl-gmail", "Delivery Status Notification (Failure)",
     "Adres niet gevonden\n"
     "\n"
     "Je bericht is niet bezorgd bij joe@example.org, omdat het adres niet is "
     "gevonden of geen e-mail kan ontvangen.\n",
     "no-such-user"},
    {"nl-full", "Onbestelbaar: Aanbod",
     "Uw bericht kan niet worden bezorgd:\n"
     "\n"
     "joe@example.org\n"
     "De postbus van de geadresseerde is vol.\n",
     "mailbox-full"},
    {"ja-gmail", "Delivery Status Notification (Failure)",
     "アドレス不明\n"
     "\n"
     "joe@example.org "
     "に送信されましたが、アドレスが見つからないか、メールを受信できないため、"
     "メールは配信されませんでした。\n",
     "no-such-user"},
    {"ja-exch", "配信不能: 件名",
     "次の受信者またはグループへの配信に失敗しました:\n"
     "\n"
     "joe@example.org\n"
     "入力された電子メール アドレスが見つかりませんでした。\n",
     "no-such-user"},
    {"ja-full", "配信不能: 件名",
     "次の受信者に配信できませんでした:\n"
     "\n"
     "joe@example.org\n"
     "受信者のメールボックスがいっぱいです。\n",
     "mailbox-full"},
    {"ru-exch", "Недоставленное: Тема",
     "Сбой доставки следующим получателям или группам:\n"
     "\n"
     "joe@example.org\n"
     "Не удалось найти указанный адрес электронной почты.\n",
     "no-such-user"},
    {"ru-gmail", "Delivery Status Notification (Failure)",
     "Адрес не найден\n"
     "\n"
     "Ваше письмо не доставлено получателю joe@example.org, так как его адрес "
     "не найден или не принимает почту.\n",
     "no-such-user"},
    {"ru-full", "Недоставленное сообщение",
     "Ваше сообщение не может быть доставлено:\n"
     "\n"
     "joe@example.org\n"
     "Почтовый ящик получателя переполнен.\n",
     "mailbox-full"},
    {"zh-exch", "未送达: 主题",
     "未能送达给以下收件人或组:\n"
     "\n"
     "joe@example.org\n"
     "找不到您输入的电子邮件地址。\n",
     "no-such-user"},
    {"zh-gmail", "Delivery Status Notification (Failure)",
     "找不到地址\n"
     "\n"
     "您的邮件未能发送到 "
     "joe@example.org，因为系统找不到此地址，或者此地址无法接收邮件。\n",
     "no-such-user"},
    {"zh-full", "系统退信",
     "您的邮件无法送达：\n"
     "\n"
     "joe@example.org\n"
     "收件人的邮箱已满。\n",
     "mailbox-full"},
    {"zh-tw", "無法傳遞: 主旨",
     "傳遞至下列收件者或群組失敗:\n"
     "\n"
     "joe@example.org\n"
     "找不到您輸入的電子郵件地址。\n",
     "no-such-user"},
    {"ko-exch", "배달되지 않음: 제목",
     "다음 받는 사람 또는 그룹에 배달하지 못했습니다.\n"
     "\n"
     "joe@example.org\n"
     "입력한 전자 메일 주소를 찾을 수 없습니다.\n",
     "no-such-user"},
    {"ko-gmail", "Delivery Status Notification (Failure)",
     "주소를 찾을 수 없음\n"
     "\n"
     "주소를 찾을 수 없거나 해당 주소에서 메일을 받을 수 없기 때문에 메일이 "
     "joe@example.org에 전송되지 않았습니다.\n",
     "no-such-user"},
    {"ko-full", "배달되지 않음: 제목",
     "메시지를 배달할 수 없습니다:\n"
     "\n"
     "joe@example.org\n"
     "받는 사람의 사서함이 가득 찼습니다.\n",
     "mailbox-full"},
    {"sv-exch", "Kan inte levereras: Erbjudande",
     "Det gick inte att leverera till följande mottagare eller grupper:\n"
     "\n"
     "joe@example.org\n"
     "E-postadressen du angav kunde inte hittas.\n",
     "no-such-user"},
    {"sv-gmail", "Delivery Status Notification (Failure)",
     "Adressen hittades inte\n"
     "\n"
     "Ditt meddelande levererades inte till joe@example.org eftersom adressen "
     "inte hittades eller inte kan ta emot e-post.\n",
     "no-such-user"},
    {"sv-full", "Kan inte levereras: Erbjudande",
     "Meddelandet kunde inte levereras:\n"
     "\n"
     "joe@example.org\n"
     "Mottagarens postlåda är full.\n",
     "mailbox-full"},
    {"da-exch", "Kan ikke leveres: Tilbud",
     "Levering mislykkedes til disse modtagere eller grupper:\n"
     "\n"
     "joe@example.org\n"
     "Den angivne mailadresse blev ikke fundet.\n",
     "no-such-user"},
    {"da-gmail", "Delivery Status Notification (Failure)",
     "Adressen blev ikke fundet\n"
     "\n"
     "Din meddelelse blev ikke leveret til joe@example.org, fordi adressen "
     "ikke blev fundet eller ikke kan modtage mails.\n",
     "no-such-user"},
    {"da-full", "Kan ikke leveres: Tilbud",
     "Meddelelsen kunne ikke leveres:\n"
     "\n"
     "joe@example.org\n"
     "Modtagerens postkasse er fuld.\n",
     "mailbox-full"},
    {"cs-exch", "Nedoručitelné: Nabídka",
     "Doručení těmto příjemcům nebo skupinám se nezdařilo:\n"
     "\n"
     "joe@example.org\n"
     "Zadaná e-mailová adresa nebyla nalezena.\n",
     "no-such-user"},
    {"cs-gmail", "Delivery Status Notification (Failure)",
     "Adresa nebyla nalezena\n"
     "\n"
     "Vaše zpráva nebyla doručena na adresu joe@example.org, protože tato "
     "adresa nebyla nalezena nebo nemůže přijímat e-maily.\n",
     "no-such-user"},
    {"cs-full", "Nedoručitelné: Nabídka",
     "Zprávu nelze doručit:\n"
     "\n"
     "joe@example.org\n"
     "Poštovní schránka příjemce je plná.\n",
     "mailbox-full"},
    {"pl-exch", "Niedostarczalne: Oferta",
     "Dostarczenie do następujących adresatów lub grup nie powiodło się:\n"
     "\n"
     "joe@example.org\n"
     "Nie można odnaleźć wprowadzonego adresu e-mail.\n",
     "no-such-user"},
    {"pl-gmail", "Delivery Status Notification (Failure)",
     "Nie znaleziono adresu\n"
     "\n"
     "Twoja wiadomość nie została dostarczona na adres joe@example.org, "
     "ponieważ nie znaleziono tego adresu lub nie może on odbierać poczty.\n",
     "no-such-user"},
    {"pl-full", "Niedostarczalne: Oferta",
     "Nie można dostarczyć wiadomości:\n"
     "\n"
     "joe@example.org\n"
     "Skrzynka pocztowa odbiorcy jest pełna.\n",
     "mailbox-full"},
};

TEST(LanguagesTest, EachIsUnderstood) {
  const auto rules = LoadRules({});
  ASSERT_TRUE(rules);
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string mail =
        "From: postmaster@gw.example.net\nSubject: " + std::string(c.subject) +
        "\nContent-Type: text/plain; charset=utf-8\n\n" + std::string(c.text);
    const Judgement judgement = Judge(mail, ReadOptions{}, *rules);
    EXPECT_EQ(judgement.kind, "failed");
    ASSERT_EQ(judgement.recipients.size(), 1u);
    const Witness& witness = judgement.recipients[0];
    ASSERT_TRUE(witness.mailed);
    EXPECT_EQ(witness.mailed->ToString(), "joe@example.org");
    EXPECT_EQ(ReasonName(witness.verdict.reason), c.reason);
  }
}

}  // namespace
}  // namespace postbounce
