namespace Attune.Text.ChatTemplates;

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> of a dict give: elements and a length, but none by number.</summary>
internal sealed class DictView(DictValue dict, string kind) : Value
{
    public override string TypeName => "dict_" + kind;

    public override int Depth => dict.Depth;

    public override bool IsTrue => dict.IsTrue;

    public override int? Length => dict.Length;

    public override IEnumerable<Value> Elements(Run run)
    {
        foreach (var (key, value) in dict.Entries)
        {
            yield return kind switch
            {
                "keys" => key,
                "values" => value,
                _ => new ListValue(run, [key, value], isTuple: true),
            };
        }
    }

    public override void WriteRepr(Run run, TracedBuilder to)
    {
        to.Append(TypeName).Append("(");
        new ListValue(run, [.. Elements(run)]).WriteRepr(run, to);
        to.Append(")");
    }
}
