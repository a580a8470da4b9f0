using Attune.Verification;

namespace Attune.Text;

public sealed class ChatTemplateFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("chat-template");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new ChatTemplateCheck(), fixture);
}
