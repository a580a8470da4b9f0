namespace Attune.Text.ChatTemplates;

/// <summary>
/// What stands for a name, attribute or element that does not exist: prints as nothing, is false, has no elements; everything
/// else that is done with it fails with its message.
/// </summary>
internal sealed class UndefinedValue(string problem) : Value
{
    public string Problem { get; } = problem;

    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    public override int? Length => 0;

    public override bool IsSequence => true;

    // So Python's callable() says, though the call fails.
    public override bool IsCallable => true;

    public override IEnumerable<Value> Elements(Run run) => [];

    public override Value Part(Run run, SliceBounds bounds) => throw run.Fail(Problem);

    public override Value Call(Run run, Arguments arguments) => throw run.Fail(Problem);

    public override bool EqualTo(Run run, Value other) => other is UndefinedValue;

    public override int Hash(Run run) => 0;

    public override TracedString ToText(Run run) => TracedString.Empty;

    public override void WriteRepr(Run run, TracedBuilder to) => to.Append("Undefined");
}
