using Attune.Verification;

namespace Attune.Formats;

public sealed class BrokenIndexTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("broken", name => name == "broken/index");

    [Theory]
    [MemberData(nameof(All))]
    public void A_broken_index_is_refused(string fixture) =>
        Fixtures.Check(new BrokenCheck(new Dictionary<string, Action<string>>([BrokenCheck.Index])), fixture);
}
