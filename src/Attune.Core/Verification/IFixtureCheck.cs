namespace Attune.Verification;

/// <summary>Runs parity fixtures of one kind; used by <c>attune verify</c> and by the tests.</summary>
internal interface IFixtureCheck
{
    /// <summary>The <c>kind</c> in fixture.json that this check knows.</summary>
    string Kind { get; }

    /// <summary>Runs one fixture. What is wrong with the product is a result, not an exception.</summary>
    FixtureResult Check(Fixture fixture);
}
